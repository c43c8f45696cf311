/** Rounds of requests: each kind once in every round, in an order of chance. */

import { setTimeout as sleep } from 'node:timers/promises';
import { startContender } from '../contender.mjs';
import { shuffled } from '../statistics.mjs';
import { openConnection, requestBytes } from './connection.mjs';
import { quietMilliseconds, warmUps } from './figures.mjs';
import { makePeople } from './people.mjs';

const application = new URL('application/application.mjs', import.meta.url);

/**
 * The samples of each kind, in milliseconds: those with the same index are of one round. In an application of its own;
 * `broken` names what is wrong with it.
 *
 * @throws when two kinds are answered differently: then no clock is needed to tell them apart.
 */
export async function measure({ flow, kinds, rounds, random, broken }) {
  const { logins, rows } = makePeople(kinds, warmUps + rounds, random);
  const contender = await startContender(flow.name, application, { rows, broken });
  const connection = await openConnection(contender.ready.port);
  const samples = kinds.map(() => []);
  try {
    for (let round = 0; round < warmUps + rounds; round += 1) {
      for (const index of shuffled([...kinds.keys()], random)) {
        const login = logins[index][round];
        const { took, answer } = await connection.ask(
          requestBytes(flow.path, flow.body({ ...kinds[index], login })),
        );
        compare(contender, answer, `${flow.name}, ${kinds[index].name}`);
        if (round >= warmUps) samples[index].push(took);
        await sleep(quietMilliseconds);
      }
    }
  } finally {
    connection.close();
    contender.stop();
  }
  return samples;
}

/** Byte by byte, with the first answer of this application. */
function compare(contender, answer, who) {
  const text = withoutChance(answer);
  contender.answer ??= text;
  if (text === contender.answer) return;
  throw new Error(`${who} was answered with\n${text}\nand the first request with\n${contender.answer}`);
}

/** The time of day, and the random characters of the cookie that a registration sets: how many there are counts. */
function withoutChance(answer) {
  return answer
    .replace(/(?<=^date: ).*$/im, '')
    .replace(/(?<=^set-cookie: device=)[^;]*/im, (token) => token.replace(/[\w-]/g, 'x'));
}
