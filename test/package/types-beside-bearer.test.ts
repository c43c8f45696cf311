import { describe, expect, inject, it } from 'vitest';
import { installation } from './consumer-installation.ts';
import { compilers, expectSound, nameOf, packagesOf, type Variant, variantFor } from './consumer-matrix.ts';
import { compile } from './consumer-program.ts';
import { formatsOf, settings } from './consumer-settings.ts';

const workspace = inject('workspace');

describe('express-oauth2-jwt-bearer', () => {
  it.each(settings)('may type req.auth beside us with TypeScript $typescript and $resolution', (setting) => {
    const application = besideBearer(variantFor(setting));
    const program = { application, name: 'beside', sources: ['shop', 'beside-bearer'] };
    const files = formatsOf(setting).map((format) => `${format}/beside-bearer/beside-bearer.d.ts`);
    expectSound(compile(workspace, setting, program), files);
  });

  it.each(compilers)(
    'conflicts with the augmentation in TypeScript $typescript: it is asked for',
    (setting) => {
      const application = besideBearer(variantFor(setting));
      const sources = ['shop', 'beside-bearer', 'augmented'];
      const { problems } = compile(workspace, setting, { application, name: 'conflict', sources });
      expect(problems).toContain(
        "TS2717: Subsequent property declarations must have the same type.  Property 'auth'",
      );
    },
  );
});

function besideBearer(variant: Variant): string {
  const packages = [...packagesOf(variant), 'express-oauth2-jwt-bearer'];
  return installation(workspace, `beside-bearer-${nameOf(variant)}`, packages);
}
