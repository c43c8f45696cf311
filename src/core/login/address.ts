/** What counts as one address. */

/**
 * The network that an address belongs to: an IPv4-mapped address is its IPv4 address (CVE-2026-30827), an IPv6 address
 * its /64, which is what one customer gets. Text that is no address stays as it is.
 */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined) return '';
  const text = ip.slice(0, 64).toLowerCase();
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(text);
  if (mapped !== null) return mapped[1] as string;
  return text.includes(':') ? `${sixteenBitGroups(text).slice(0, 4).join(':')}::/64` : text;
}

/** The eight groups of an IPv6 address, the `::` written out, without leading zeros. */
function sixteenBitGroups(ip: string): readonly string[] {
  const [address = ''] = ip.split('%');
  const [front = '', back = ''] = address.split('::');
  const [left, right] = [groups(front), groups(back)];
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right].map((group) => group.replace(/^0+(?=.)/, ''));
}

function groups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
