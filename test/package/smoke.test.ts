import { execFileSync } from 'node:child_process';
import { expect, inject, it } from 'vitest';

it('is installed where nothing else is', () => {
  const { folder } = inject('workspace');
  const printed = execFileSync(process.execPath, ['-p', "typeof require('ostiary').createAuth"], {
    cwd: `${folder}/hosts/commonjs`,
    encoding: 'utf8',
  });
  expect(printed.trim()).toBe('function');
});
