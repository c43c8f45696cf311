/**
 * What stands between a checkout and the registry. `npm publish` runs it (`prepublishOnly`) and sends nothing when it
 * fails. `npm run release:dry [-- --tag next]` runs the same, and has npm rehearse the sending: no login, no network.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { refusals } from './refusals.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** An npm that is started by an npm takes over its settings: `npm publish --dry-run` would keep attw from packing. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
const { values: options } = parseArgs({ options: { dry: { type: 'boolean' }, tag: { type: 'string' } } });
const tag = options.tag ?? process.env.npm_config_tag ?? 'latest';
const manifest = JSON.parse(read('package.json'));

try {
  refuse();
  run('npm', ['run', 'check']); // builds from an empty folder
  run('npx', ['vitest', 'run', 'test/release', '--typecheck.enabled=false']);
  tell();
  if (options.dry) run('npm', ['publish', '--dry-run', '--ignore-scripts', '--tag', tag]);
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
