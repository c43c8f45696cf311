import { expect, it, vi } from 'vitest';
import { memoryOf } from '../../src/http/request-memory.ts';

it('keeps what is known of a request', () => {
  const request = {};
  memoryOf(request).arrived = undefined;
  expect(memoryOf(request)).toBe(memoryOf(request));
  expect(memoryOf({})).not.toBe(memoryOf(request));
});

it('is shared by two copies of the module', async () => {
  vi.resetModules();
  const copy = await import('../../src/http/request-memory.ts');
  const request = {};
  expect(copy.memoryOf).not.toBe(memoryOf);
  expect(copy.memoryOf(request)).toBe(memoryOf(request));
});

it('is not that of a request that this one was derived from', () => {
  const request = {};
  const memory = memoryOf(request);
  expect(memoryOf(Object.create(request) as object)).not.toBe(memory);
});

it('does not travel with a copy of the request, and is in no log of it', () => {
  const request = { url: '/' };
  memoryOf(request);
  expect(Reflect.ownKeys({ ...request })).toEqual(['url']);
  expect(Object.entries(request)).toEqual([['url', '/']]);
});
