declare module 'passport-strategy' {
  const Strategy: new () => object;

  // biome-ignore lint/style/noDefaultExport: it is what that package has.
  export { Strategy as default };
}
