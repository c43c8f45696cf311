/** The streams of a command, in memory. */

import { Readable, Writable } from 'node:stream';
import type { CommandStreams, PasswordSource } from '../../src/cli/streams.ts';

/** Streams whose output can be read, and what happened in which order. */
export interface FakeStreams extends CommandStreams {
  readonly stdin: FakeInput;
  readonly output: { stdout: string; stderr: string };
  /** `raw`, `cooked`, and every text that was written to standard error. */
  readonly happened: string[];
}

type FakeInput = Readable & PasswordSource;

/** Standard input that is no terminal and ends after the chunks. */
export function piped(...chunks: readonly (string | Uint8Array)[]): FakeStreams {
  return streams(Readable.from(chunks.map((chunk) => Buffer.from(chunk as Uint8Array))));
}

/** A terminal on which the keys are pressed once the prompt is there, and which hangs up after them if `hangsUp`. */
export function terminal(keys: readonly (string | Uint8Array)[], hangsUp: boolean = false): FakeStreams {
  const happened: string[] = [];
  const setRawMode = (mode: boolean): void => {
    happened.push(mode ? 'raw' : 'cooked');
  };
  const stdin = Object.assign(new Readable({ read: () => undefined }), { isTTY: true, setRawMode });
  return streams(stdin, happened, () => {
    for (const chunk of keys) stdin.push(Buffer.from(chunk as Uint8Array));
    if (hangsUp) stdin.push(null);
  });
}

/** Standard output that fails with a system's error. */
export function failing(code: string, fake: FakeStreams): FakeStreams {
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write failed'), { code })),
  });
  return { ...fake, stdout };
}

function streams(stdin: FakeInput, happened: string[] = [], prompted = (): void => undefined): FakeStreams {
  const output = { stdout: '', stderr: '' };
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      output.stdout += String(chunk);
      done();
    },
  });
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      output.stderr += String(chunk);
      happened.push(String(chunk));
      done();
      if (String(chunk).startsWith('Password')) prompted();
    },
  });
  return { stdin, stdout, stderr, output, happened };
}
