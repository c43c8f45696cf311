import { describe, expect, inject, it } from 'vitest';
import { installation } from './consumer-installation.ts';
import { compilers, expectSound, packagesOf, type Variant, variantFor } from './consumer-matrix.ts';
import { compile } from './consumer-program.ts';
import { formatsOf, settings } from './consumer-settings.ts';

const workspace = inject('workspace');

describe('ostiary/express/augment', () => {
  it.each(settings.filter(({ resolution }) => resolution !== 'nodenext'))(
    'types requests with TypeScript $typescript and $resolution',
    (setting) => {
      const variant = variantFor(setting);
      const application = installation(workspace, `augmented-${nameOf(variant)}`, packagesOf(variant));
      const [format = 'esm'] = formatsOf(setting);
      const sources = ['shop', 'augmented', 'augmented-exports'];
      const program = { application, name: 'augmented', sources, formats: [format] };
      const compilation = compile(workspace, setting, program);
      expectSound(compilation, [`${format}/augmented/augmented.d.ts`]);
      expect(compilation.declarations.get(`${format}/augmented-exports/exports.d.ts`)).toMatch(
        /RequestAuth \| undefined;[\s\S]*User \| undefined;/,
      );
    },
  );

  // A type that both kinds declare has no portable name in the other: what is exported of it has to be annotated.
  it.each(compilers)(
    'may come from both kinds of modules in one program, with TypeScript $typescript',
    (setting) => {
      const variant = variantFor(setting);
      const application = installation(workspace, `augmented-${nameOf(variant)}`, packagesOf(variant));
      const program = { application, name: 'augmented', sources: ['shop', 'augmented'] };
      expectSound(compile(workspace, setting, program), ['esm/augmented/augmented.d.ts']);
    },
  );
});

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

function nameOf({ express, passport }: Variant): string {
  return `express-${express}-${passport ? 'with' : 'without'}-passport`;
}
