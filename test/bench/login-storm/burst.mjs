/** One burst against one server: all logins at once, and probes of another route that do not wait for their turn. */

import { Agent, request } from 'node:http';
import { idleMilliseconds, probeEveryMilliseconds } from './storm.mjs';

/** Connections to one server, kept from burst to burst. */
export function connectionsTo(port) {
  return { port, agent: new Agent({ keepAlive: true, maxFreeSockets: 1024 }) };
}

/**
 * Answers, in milliseconds: `took` from the start to the last login's answer; for each probe its `latencies` from the
 * moment it was due, and the `lateness` with which it was sent, which is the generator's own share of that latency.
 */
export async function runBurst(connections, accounts, { probed }) {
  const start = performance.now();
  const latencies = [];
  const lateness = [];
  const probes = [];
  let over = false;
  const logins =
    accounts.length > 0 ? Promise.all(accounts.map((account) => logIn(connections, account))) : idle();
  const ended = logins
    .then(() => performance.now() - start)
    .finally(() => {
      over = true;
    });

  const sendProbes = () => {
    if (over) return;
    // All that are due by now: a generator that was late owes every probe it missed.
    for (;;) {
      const due = start + probes.length * probeEveryMilliseconds;
      const now = performance.now();
      if (due > now) {
        setTimeout(sendProbes, due - now);
        return;
      }
      lateness.push(now - due);
      probes.push(probe(connections).then(() => latencies.push(performance.now() - due)));
    }
  };
  if (probed) sendProbes();

  const took = await ended;
  await Promise.all(probes);
  return { took, latencies, lateness };
}

async function logIn(connections, { id, name, password }) {
  const body = JSON.stringify({ username: name, password });
  const answer = await send(connections, 'POST', '/login', body);
  if (answer !== JSON.stringify({ id, name }))
    throw new Error(`The login of ${name} was answered with: ${answer}`);
}

async function probe(connections) {
  const answer = await send(connections, 'GET', '/probe');
  if (answer !== 'alive') throw new Error(`A probe was answered with: ${answer}`);
}

/** The body of a 200; any other answer is an error. */
function send({ port, agent }, method, path, body) {
  const headers =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, agent, method, path, headers }, (response) => {
      const parts = [];
      response.setEncoding('utf8');
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(parts.join(''));
        else
          reject(new Error(`${method} ${path} was answered with ${response.statusCode}: ${parts.join('')}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function idle() {
  return new Promise((resolve) => setTimeout(resolve, idleMilliseconds));
}
