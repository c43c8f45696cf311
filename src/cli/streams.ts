/** The streams of a command. */

/** Where a password comes from: a terminal, which can be told not to show what is typed, or anything else. */
export interface PasswordSource extends NodeJS.ReadableStream {
  readonly isTTY?: boolean | undefined;
  setRawMode?(mode: boolean): unknown;
}

/** The three streams of a process. */
export interface CommandStreams {
  readonly stdin: PasswordSource;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Writes a command's result. Answers its exit code: 1 when nobody got the result. */
export async function print({ stdout, stderr }: CommandStreams, text: string): Promise<number> {
  const failure = await write(stdout, text);
  if (failure === null) return 0;
  // A reader that has gone (`| head`) wants to hear nothing more.
  if (failure !== 'EPIPE') await write(stderr, `ostiary: the result could not be written: ${failure}\n`);
  return 1;
}

/** Writes and waits until the text is handed over: `null`, or the system's name for what went wrong. Never throws. */
export function write(stream: NodeJS.WritableStream, text: string): Promise<string | null> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? 'unknown');
    stream.on('error', failed);
    stream.write(text, (error) => {
      // The event comes after this call, and would end the process if nobody listened any more.
      if (error) return failed(error);
      stream.off('error', failed);
      resolve(null);
    });
  });
}
