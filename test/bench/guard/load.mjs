/** Requests over connections that stay open, as bytes made beforehand, so that the generator has little to do. */

import { once } from 'node:events';
import { connect } from 'node:net';

const connectionCount = 8;

/** The same bytes for every contender: both places where one of them looks for the token. No token: none of them. */
export function requestBytes(token) {
  const credentials =
    token === undefined ? [] : [`authorization: Bearer ${token}`, `x-access-token: ${token}`];
  const lines = ['GET /orders HTTP/1.1', 'host: bench.example', 'accept: application/json', ...credentials];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

export async function openConnections(port) {
  return Promise.all(Array.from({ length: connectionCount }, () => openConnection(port)));
}

/** Sends `count` of the requests from number `from` on, in turn; each connection waits for its answer. */
export async function load(connections, requests, from, count) {
  let next = from;
  const worker = async ({ ask }) => {
    while (next < from + count) {
      const request = requests[next % requests.length];
      next += 1;
      const status = await ask(request);
      if (status !== 200) throw new Error(`A good request was answered with ${status}.`);
    }
  };
  await Promise.all(connections.map(worker));
}

/** `ask(bytes)` answers the status. One at a time. */
async function openConnection(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let received = '';
  let waiting;
  socket.setEncoding('latin1');
  socket.on('data', (part) => {
    received += part;
    const status = statusOfWhole(received);
    if (status === undefined) return;
    received = '';
    waiting.resolve(status);
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('A contender closed a connection.')));
  const ask = (bytes) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      socket.write(bytes);
    });
  return { ask, close: () => socket.destroy() };
}

/** `undefined` while a part of the answer is missing. */
function statusOfWhole(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, end + 2));
  if (length === null) throw new Error('An answer does not say how long it is.');
  return text.length < end + 4 + Number(length[1]) ? undefined : Number(text.slice(9, 12));
}
