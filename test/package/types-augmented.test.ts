import { describe, expect, inject, it } from 'vitest';
import { installation } from './consumer-installation.ts';
import { compilers, expectSound, nameOf, packagesOf, variantFor } from './consumer-matrix.ts';
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
