/**
 * A preload for `--disable-proto=throw`, under which Passport 0.7 does not even start: it alone may use `__proto__`,
 * everybody else still gets the error.
 */

'use strict';

const { get, set } = Object.getOwnPropertyDescriptor(Object.prototype, '__proto__');
const passport = /[\\/]node_modules[\\/]passport[\\/]/;

Object.defineProperty(Object.prototype, '__proto__', {
  configurable: true,
  get() {
    return asksPassport() ? Object.getPrototypeOf(this) : Reflect.apply(get, this, []);
  },
  set(value) {
    if (asksPassport()) Object.setPrototypeOf(this, value);
    else Reflect.apply(set, this, [value]);
  },
});

function asksPassport() {
  const [, , , caller = ''] = new Error('who asks').stack.split('\n');
  return passport.test(caller);
}
