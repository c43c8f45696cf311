/** How passwords are hashed: `ostiary/hashers`. */

export { type BcryptOptions, bcrypt } from './bcrypt.ts';
export { hasherChain } from './hasher-chain.ts';
export { type ScryptOptions, scrypt } from './scrypt.ts';
