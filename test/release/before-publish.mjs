/**
 * What stands between a checkout and the registry. `npm publish` in a checkout runs it (`prepublishOnly`) and sends
 * nothing when it fails; with `--ignore-scripts`, or of a .tgz, it does not run. `npm run release:dry [-- --tag next]`
 * runs the same, without a login.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { refusals, unexpectedWarnings } from './refusals.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
/**
 * An npm that is started by an npm takes over its settings: `npm publish --dry-run` would keep attw from packing. With
 * `CI`, vitest writes no snapshot and refuses `it.only`.
 */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  CI: 'true',
};
const { values: options } = parseArgs({ options: { dry: { type: 'boolean' }, tag: { type: 'string' } } });
const tag = options.tag ?? process.env.npm_config_tag ?? 'latest';
const manifest = JSON.parse(read('package.json'));

try {
  refuse();
  run('npm', ['run', 'check']); // builds from an empty folder
  run('npm', ['test']); // all of them, `test/release` too, on this build
  run('npm', ['run', 'test:package']);
  tell();
  rehearse();
} catch (error) {
  console.error(`\nNot to be published: ${error.message}`);
  process.exitCode = 1;
}

function refuse() {
  const { refused, open } = refusals({
    manifest,
    changelog: read('CHANGELOG.md'),
    status: ask('git', ['status', '--porcelain']),
    tagged:
      ask('git', ['tag', '--list', `v${manifest.version}`]) === ''
        ? undefined
        : commitOf(`v${manifest.version}`),
    head: commitOf('HEAD'),
  });
  const reasons = options.dry ? refused : [...refused, ...open];
  if (reasons.length > 0) throw new Error(reasons.join('\n'));
  for (const task of open) console.log(`Before the real thing: ${task}`);
}

/** What will go out, in one look. */
function tell() {
  const [{ name, version, size, unpackedSize, files }] = Object.values(
    JSON.parse(ask('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])),
  );
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const dependencies = Object.entries(manifest.dependencies).map((pair) => pair.join(' '));
  console.log(`
${name} ${version}, as ${tag}
${files.length} files, ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked
brings ${dependencies.join(', ')}; Node ${manifest.engines.node}
`);
}

/** The sending, without sending. npm corrects a manifest as it goes, and only says so. */
function rehearse() {
  const args = ['publish', '--dry-run', '--ignore-scripts', '--loglevel=notice', '--tag', tag];
  const { status, stderr } = start('npm', args, ['ignore', 'inherit', 'pipe']);
  process.stderr.write(stderr ?? '');
  if (status !== 0) throw new Error("'npm publish --dry-run' failed.");
  const warnings = unexpectedWarnings(stderr);
  if (warnings.length > 0) throw new Error(['npm would change what is sent:', ...warnings].join('\n'));
}

function commitOf(name) {
  return ask('git', ['rev-parse', `${name}^{commit}`]).trim();
}

function run(command, args) {
  const { status } = start(command, args, 'inherit');
  if (status !== 0) throw new Error(`'${[command, ...args].join(' ')}' failed.`);
}

function ask(command, args) {
  const { status, stdout, stderr, error } = start(command, args, 'pipe');
  if (status !== 0) throw new Error(error?.message ?? stderr);
  return stdout;
}

function start(command, args, stdio) {
  const shell = process.platform === 'win32' && command !== 'git';
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', env, stdio, shell });
}

function read(path) {
  return readFileSync(`${root}${path}`, 'utf8');
}
