/** Waiting for something of the host, though not for ever. */

/** Stands for an answer that did not come in time. */
export const late: unique symbol = Symbol('late');

/**
 * What the act answers, or {@link late}. It goes on by itself then, and what becomes of it changes nothing. The wait
 * alone keeps no process alive.
 */
export async function inTime<T>(milliseconds: number, act: () => Promise<T>): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<typeof late>((resolve) => {
    timer = setTimeout(resolve, milliseconds, late);
    timer.unref();
  });
  try {
    return await Promise.race([act(), end]);
  } finally {
    clearTimeout(timer);
  }
}
