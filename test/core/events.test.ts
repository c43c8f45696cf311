import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Events } from '../../src/core/events.ts';
import { movableClock } from '../support/movable-clock.ts';

const ended = { userId: 7, sessionId: 's1' };
const events = (realm = '') => new Events(movableClock(Date.UTC(2026, 0, 1)), realm);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an event', () => {
  it('has its name, its time and its details', () => {
    const heard: unknown[] = [];
    const told = events();
    told.on('session.ended', (event) => heard.push(event));
    told.emit('session.ended', ended);
    expect(heard).toEqual([{ name: 'session.ended', at: new Date(Date.UTC(2026, 0, 1)), ...ended }]);
  });

  it('has the realm where there is one', () => {
    const heard: unknown[] = [];
    const told = events('staff');
    told.on('session.ended', (event) => heard.push(event.realm));
    told.emit('session.ended', ended);
    expect(heard).toEqual(['staff']);
  });

  it('keeps its name and time whatever the details hold', () => {
    const heard: unknown[] = [];
    const told = events();
    told.on('session.ended', (event) => heard.push(event.name));
    told.emit('session.ended', { ...ended, name: 'login.succeeded' } as typeof ended);
    expect(heard).toEqual(['session.ended']);
  });

  it('reaches the listeners of its name only', () => {
    const heard: unknown[] = [];
    const told = events();
    told.on('session.started', (event) => heard.push(event));
    told.emit('session.ended', ended);
    expect(heard).toEqual([]);
  });

  it('is on the diagnostics channel of its name', () => {
    const heard: unknown[] = [];
    const hear = (message: unknown) => heard.push(message);
    subscribe('ostiary:session.ended', hear);
    events().emit('session.ended', ended);
    unsubscribe('ostiary:session.ended', hear);
    expect(heard).toEqual([{ name: 'session.ended', at: new Date(Date.UTC(2026, 0, 1)), ...ended }]);
    expect(channel('ostiary:session.ended').hasSubscribers).toBe(false);
  });
});

describe('on', () => {
  it('tells a listener once for each time it listens, until that one is unsubscribed', () => {
    const heard: unknown[] = [];
    const told = events();
    const listener = () => heard.push('heard');
    const first = told.on('session.ended', listener);
    told.on('session.ended', listener);
    told.emit('session.ended', ended);
    expect(heard).toHaveLength(2);
    first();
    first();
    told.emit('session.ended', ended);
    expect(heard).toHaveLength(3);
  });

  it('does not tell a listener of the event during which it began to listen', () => {
    const heard: string[] = [];
    const told = events();
    const again = (): void => {
      heard.push('heard');
      if (heard.length < 10) told.on('session.ended', again);
    };
    told.on('session.ended', again);
    told.emit('session.ended', ended);
    expect(heard).toHaveLength(1);
  });
});

describe('a listener that fails', () => {
  it.each([
    ['throws', broken],
    ['rejects', async () => broken()],
    ['answers a thenable that throws', () => Object.defineProperty({}, 'then', { get: broken })],
  ])('because it %s is warned of, without its message, and the next one is told', async (_how, listener) => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const heard: unknown[] = [];
    const told = events();
    told.on('session.ended', listener);
    told.on('session.ended', () => heard.push('next'));
    expect(() => told.emit('session.ended', ended)).not.toThrow();
    expect(heard).toEqual(['next']);
    await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(1));
    expect(warn).toHaveBeenCalledWith('a listener of session.ended failed: TypeError', {
      code: 'OSTIARY_LISTENER_FAILED',
    });
  });

  it('is waited for by nobody when it never settles', () => {
    const told = events();
    told.on('session.ended', () => new Promise(() => undefined));
    expect(told.emit('session.ended', ended)).toBeUndefined();
  });
});

function broken(): never {
  throw new TypeError('a listener with a secret');
}

it('refuses a name that is no event, and a listener that is none', () => {
  const told = new Events(Date, '');
  const on = told.on.bind(told) as (name: unknown, listener: unknown) => unknown;
  expect(() => on('login.suceeded', () => undefined)).toThrow(expect.objectContaining({ option: 'on' }));
  expect(() => on('constructor', () => undefined)).toThrow(expect.objectContaining({ option: 'on' }));
  expect(() => on('login.succeeded', undefined)).toThrow(expect.objectContaining({ option: 'on' }));
});
