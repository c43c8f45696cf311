/** What a user would call a device, out of what its browser says of itself. */

const browsers: readonly (readonly [RegExp, string])[] = [
  // The order counts: each of these also says to be one of those below it.
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * `Firefox on Linux`, `Safari on iPhone`; of another program its name (`curl`), and `null` of nothing. It is shown to the
 * user and decides nothing: everybody can say to be any browser.
 */
export function deviceLabel(userAgent: unknown): string | null {
  if (typeof userAgent !== 'string') return null;
  const text = userAgent.slice(0, 512);
  const named = (names: typeof browsers): string | undefined => names.find(([form]) => form.test(text))?.[1];
  const [browser, system] = [named(browsers), named(systems)];
  if (browser !== undefined && system !== undefined) return `${browser} on ${system}`;
  return browser ?? system ?? /^[A-Za-z][\w.-]{0,31}/.exec(text)?.[0] ?? null;
}
