/** One connection that stays open, one request at a time, and how long its answer took. */

import { once } from 'node:events';
import { connect } from 'node:net';

/** Made beforehand: the clock runs for the server and the loopback alone. */
export function requestBytes(path, body) {
  const text = JSON.stringify(body);
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: bench.example',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`);
}

/** `ask(bytes)` answers `{ took, answer }`: milliseconds, and the whole answer as it came. */
export async function openConnection(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let [received, waiting] = ['', undefined];
  socket.setEncoding('latin1');
  socket.on('data', (part) => {
    received += part;
    if (!isWhole(received)) return;
    const took = performance.now() - waiting.since;
    waiting.resolve({ took, answer: received });
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('The application closed the connection.')));
  const ask = (bytes) =>
    new Promise((resolve, reject) => {
      received = '';
      waiting = { resolve, reject, since: performance.now() };
      socket.write(bytes);
    });
  return { ask, close: () => socket.destroy() };
}

function isWhole(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, end + 2));
  if (length === null) throw new Error('An answer does not say how long it is.');
  return text.length >= end + 4 + Number(length[1]);
}
