/** What counts as one address. */

/**
 * The network that an address belongs to: an IPv4-mapped address is its IPv4 address (CVE-2026-30827), an IPv6 address
 * its /64, which is what one customer gets. Text that is no address stays as it is.
 */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined) return '';
  const text = ip.slice(0, 64).toLowerCase();
  if (!text.includes(':')) return text;
  const written = sixteenBitGroups(text);
  const [, high, low] = /^0:0:0:0:0:ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(written.join(':')) ?? [];
  if (high !== undefined && low !== undefined) return [...twoBytes(high), ...twoBytes(low)].join('.');
  return `${written.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, the `::` and an IPv4 tail written out, without leading zeros. */
function sixteenBitGroups(ip: string): readonly string[] {
  const [address = ''] = ip.split('%');
  const [front = '', back = ''] = address
    .replace(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, twoGroups)
    .split('::');
  const [left, right] = [groups(front), groups(back)];
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right].map((group) => group.replace(/^0+(?=.)/, ''));
}

function twoGroups(_ip: string, ...bytes: readonly string[]): string {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes.slice(0, 4).map(Number);
  return [first * 256 + second, third * 256 + fourth].map((group) => group.toString(16)).join(':');
}

function twoBytes(group: string): readonly number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 255];
}

function groups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
