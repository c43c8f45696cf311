declare module 'passport-strategy' {
  const Strategy: new () => object;
  export { Strategy as default };
}
