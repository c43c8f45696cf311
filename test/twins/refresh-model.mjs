/** The twins of refresh rotation that only a race, a crash or a thief shows. */

const rotation = 'src/core/tokens/refresh-rotation.ts';
const ending = 'src/core/sessions/session-ending.ts';

const model = ['test/attacks/refresh-model.test.ts'];
const tabs = ['test/attacks/refresh-tabs.test.ts'];
const processes = ['test/attacks/refresh-processes.test.ts'];

const readThenWrite = {
  why: 'two uses of one token at the same moment would both count, the thief’s and the client’s',
  file: rotation,
  find: 'await state.compareAndSet(keys.refresh(id), stored, sealed, this.lifeSeconds(next, at));',
  replace: 'true; await state.put(keys.refresh(id), sealed, this.lifeSeconds(next, at));',
};
const deleteBeforeDeny = {
  why: 'a crash between the two would leave access tokens alive, and nothing by which to find them',
  file: ending,
  find: 'await revocations.deny(userId, id, Math.max(end - now, shortest));',
  replace: 'await state.delete(key); await revocations.deny(userId, id, Math.max(end - now, shortest));',
};
const randomSuccessor = {
  why: 'a repeat would not get the token that the first use got: tabs would sign each other out',
  file: rotation,
  find: 'generation: family.generation + 1,',
  replace: 'generation: family.generation + 1, seed: randomId(),',
};

export const refreshModelTwins = [
  { ...readThenWrite, name: 'refresh-read-then-write-in-a-model', tests: model },
  { ...readThenWrite, name: 'refresh-read-then-write-in-two-processes', tests: processes },
  { ...deleteBeforeDeny, name: 'refresh-delete-before-deny-in-a-model', tests: model },
  { ...deleteBeforeDeny, name: 'refresh-delete-before-deny-in-a-killed-process', tests: processes },
  { ...randomSuccessor, name: 'refresh-random-successor-in-a-model', tests: model },
  { ...randomSuccessor, name: 'refresh-random-successor-in-tabs', tests: tabs },
  { ...randomSuccessor, name: 'refresh-random-successor-in-two-processes', tests: processes },
  {
    name: 'refresh-grace-for-grandparents-in-a-model',
    why: 'a token that was stolen days ago would be good for as long as its line is busy',
    file: rotation,
    find: 'if (token.generation !== family.generation - 1) return false;',
    replace: 'if (token.generation >= family.generation) return false;',
    tests: model,
  },
  {
    name: 'refresh-repeat-of-a-dead-login-in-a-model',
    why: 'within the grace time a logout would be undone by whoever holds the token before the last',
    file: rotation,
    find: 'if (!revoked && found !== null && isActive(found.user)',
    replace: 'if (found !== null && isActive(found.user)',
    tests: model,
  },
];
