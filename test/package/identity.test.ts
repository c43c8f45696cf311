import { expect, inject, it } from 'vitest';
import { identityOf, oneIdentity } from './class-identity.ts';

it('has one class of errors for all entries of a format, and AuthError.is across the formats', () => {
  expect(identityOf(inject('workspace').folder)).toEqual(oneIdentity);
});
