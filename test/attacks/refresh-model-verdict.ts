/** What must be true of a login after whatever happened to it. */

import { expect } from 'vitest';
import type { Story, Use } from './refresh-model-story.ts';
import type { Probe } from './refresh-model-world.ts';

/** What is still good for something. */
interface Alive {
  /** The texts that are refused, apart. */
  readonly probes: readonly Probe[];
  /** Every token that may be the last of the line, as far as anybody can find out. */
  readonly leaves: ReadonlySet<string>;
  readonly refreshTokens: number;
  readonly accessTokens: number;
}

async function aliveIn({ world, handed, accessTokens }: Story): Promise<Alive> {
  const accepted = [];
  for (const { text } of accessTokens) accepted.push(await world.isAccepted(text));
  const probes: Probe[] = [];
  for (const text of handed) probes.push(await world.probe(text));
  const leaves = probes.map(({ leaf }) => leaf).filter((leaf) => leaf !== null);
  return {
    ...{ probes, leaves: new Set(leaves), refreshTokens: leaves.length },
    accessTokens: accepted.filter((isAccepted) => isAccepted).length,
  };
}

/** The reasons for which nothing may be alive. */
function reasonsToBeDead(story: Story, graceSeconds: number): readonly string[] {
  const endings = story.ended.map((ending) => `it was ended by the ${ending}`);
  return [...usesTooMany(story, graceSeconds), ...usesTooOld(story), ...endings];
}

/** A request that died before it was through has perhaps not been noticed: only the others count. */
function usesTooMany({ uses }: Story, graceSeconds: number): readonly string[] {
  const spent = uses.filter(({ counted }) => counted);
  return spent.flatMap((first) =>
    uses
      .filter((use) => use !== first && use.end !== 'died' && use.text === first.text)
      .filter((use) => Math.abs(use.at - first.at) >= graceSeconds)
      .map(() => `token ${first.generation} was used twice`),
  );
}

/** Whatever the grace time: it is for the parent of the living token, and not for its parent. */
function usesTooOld({ uses }: Story): readonly string[] {
  return uses
    .filter(({ end, generation, newest }) => end !== 'died' && generation < newest - 1)
    .map(({ generation, newest }) => `token ${generation} was used after token ${newest}`);
}

/** At most one living token, and none at all where there is a reason. */
export async function expectNoneTooMany(story: Story, graceSeconds: number): Promise<Alive> {
  const alive = await aliveIn(story);
  const { probes, leaves, refreshTokens, accessTokens } = alive;
  expect(probes.filter(({ current }) => current).length, 'current tokens').toBeLessThanOrEqual(1);
  expect(leaves.size, 'leaves').toBeLessThanOrEqual(1);
  const reasons = reasonsToBeDead(story, graceSeconds);
  if (reasons.length === 0) return alive;
  expect(refreshTokens, `refresh tokens, although ${reasons[0]}`).toBe(0);
  // A row that was changed behind our back: access tokens end by themselves, minutes later.
  if (!story.ended.includes('row')) {
    expect(accessTokens, `access tokens, although ${reasons[0]}`).toBe(0);
  }
  return alive;
}

/**
 * Whoever was left without an answer asks once more. It goes on, or it is over for everybody: it must not look alive
 * with nobody who could use it.
 */
export async function expectNoGhost(story: Story, graceSeconds: number): Promise<'goes on' | 'over'> {
  const { end } = await story.calmly(() => story.refresh(story.jar));
  const { probes, refreshTokens, accessTokens } = await expectNoneTooMany(story, graceSeconds);
  if (end === 'answered') {
    const held = [...story.handed].indexOf(story.jar.text);
    expect(probes[held]?.leaf, 'what the client holds now').toBe(story.jar.text);
    return 'goes on';
  }
  expect(refreshTokens, 'refresh tokens of a login that is over').toBe(0);
  if (story.ended.includes('row')) return 'over';
  expect(accessTokens, 'access tokens of a login that is over').toBe(0);
  expect(await story.world.calm.sessions.list(story.user), 'logins in the list').toEqual([]);
  return 'over';
}

/** How often each thing happened that the model is about. */
export function happened(story: Story, graceSeconds: number): Record<string, number> {
  const { uses, ended, diedEnding, stolen } = story;
  const count = (is: (use: Use) => boolean): number => uses.filter(is).length;
  return {
    reuse: count(({ end }) => end === 'ERR_TOKEN_REUSED'),
    'grace answer': count(({ end, repeated }) => end === 'answered' && repeated),
    'lost race': count(({ lost }) => lost),
    'stolen token used': stolen,
    'two uses of one token': new Set(usesTooMany(story, graceSeconds)).size,
    'use of an old token': new Set(usesTooOld(story)).size,
    'crash with the next token made': count(({ end, counted }) => end === 'died' && counted),
    'crash in a reuse detection': count((use) => use.diedEnding),
    'crash in an ending': diedEnding,
    logout: ended.filter((ending) => ending !== 'password' && ending !== 'row').length,
    'password change': ended.filter((ending) => ending === 'password' || ending === 'row').length,
  };
}
