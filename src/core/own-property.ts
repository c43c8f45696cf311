/** Reading what an object itself says. */

/** An entry of the object itself: what a polluted prototype holds was said by nobody. */
export function ownProperty(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined;
}
