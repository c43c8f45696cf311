/** Known answers for scrypt, from outside: password and hash. */

type Vector = readonly [password: string, hash: string];

/**
 * RFC 7914 §12, third vector (N=16384, r=8, p=1), in our format: its 64 bytes begin with the 32 that we store, because
 * scrypt ends in PBKDF2. The others have salts of less than 8 bytes or need 1 GiB.
 */
export const rfc7914: Vector = [
  'pleaseletmein',
  phc(
    'ln=14,r=8,p=1',
    Buffer.from('SodiumChloride'),
    Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex'),
  ),
];

/** The documentation of passlib.hash.scrypt, and the tests of the Rust crate `scrypt`. */
export const passlib: Vector = [
  'password',
  '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
];

function phc(cost: string, salt: Buffer, key: Buffer): string {
  const [saltText, keyText] = [salt, key].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  return `$scrypt$${cost}$${saltText}$${keyText}`;
}
