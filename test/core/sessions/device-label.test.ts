import { expect, it } from 'vitest';
import { deviceLabel } from '../../../src/core/sessions/device-label.ts';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ipad = 'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const android = 'Mozilla/5.0 (Linux; Android 10; K)';

it.each([
  [`${windows} ${webkit} Chrome/126.0.0.0 Safari/537.36`, 'Chrome on Windows'],
  [`${mac} ${webkit} Chrome/126.0.0.0 Safari/537.36`, 'Chrome on macOS'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/126.0.0.0 Safari/537.36`, 'Chrome on Linux'],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/126.0.0.0 Safari/537.36`, 'Chrome on ChromeOS'],
  [`${android} ${webkit} Chrome/126.0.0.0 Mobile Safari/537.36`, 'Chrome on Android'],
  [`${iphone} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1`, 'Chrome on iPhone'],
  [`${windows} ${webkit} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`, 'Edge on Windows'],
  [`${windows} ${webkit} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763`, 'Edge on Windows'],
  [`${android} ${webkit} Chrome/126.0.0.0 Mobile Safari/537.36 EdgA/126.0.0.0`, 'Edge on Android'],
  [`${iphone} Version/17.0 EdgiOS/126.0.2592.56 Mobile/15E148 Safari/604.1`, 'Edge on iPhone'],
  [`${mac} ${webkit} Chrome/126.0.0.0 Safari/537.36 OPR/112.0.0.0`, 'Opera on macOS'],
  [
    `${android} ${webkit} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
    'Samsung Internet on Android',
  ],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on Windows'],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on Linux'],
  ['Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0', 'Firefox on Android'],
  [`${iphone} FxiOS/128.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPhone'],
  [`${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15`, 'Safari on macOS'],
  [`${iphone} Version/17.5 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
  [`${ipad} Version/17.5 Mobile/15E148 Safari/604.1`, 'Safari on iPad'],
  ['curl/8.5.0', 'curl'],
  ['okhttp/4.12.0', 'okhttp'],
  ['python-requests/2.32.3', 'python-requests'],
  ['Shop/3.1 (iPhone; iOS 17.5)', 'iPhone'],
])('of %j says %s', (userAgent, label) => {
  expect(deviceLabel(userAgent)).toBe(label);
});

it.each([
  [undefined],
  [null],
  [''],
  [' '],
  ['(compatible)'],
  [7],
  [['Firefox/1']],
  [{ toString: () => 'Firefox/1' }],
])('says nothing of %j', (userAgent) => {
  expect(deviceLabel(userAgent)).toBeNull();
});

it('is short and of harmless characters, whatever a client calls itself', () => {
  const hostile = [
    'A'.repeat(1_000_000),
    `${'Chrome '.repeat(150_000)}`,
    `${'-'.repeat(1_000_000)}Firefox/1`,
    '<script>alert(1)</script>',
    'Firefox<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    'x\r\nSet-Cookie: a=b',
    '‮evil/1.0',
    'Mozilla/5.0\u0000 (Linux)',
    '__proto__',
    'constructor/1.0',
    '#{7*7}',
    '%n%n%n%n',
  ];
  for (const text of hostile) expect(deviceLabel(text) ?? 'nothing').toMatch(/^[A-Za-z][\w. -]{0,31}$/);
});

it('looks at the beginning alone', () => {
  expect(deviceLabel(`x ${' '.repeat(512)} Firefox/128.0 (Linux)`)).toBe('x');
});
