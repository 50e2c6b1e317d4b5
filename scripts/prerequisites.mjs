// What the other scripts need on a fresh machine: node_modules, a built dist/, and for the tests a browser.
// Whatever is missing and cannot be had is an error with its remedy, never a silent skip.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Ends the process with a message for people. */
export function stop(message) {
  process.stderr.write(`\nebm-fleet: ${message}\n`);
  process.exit(1);
}

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const good = (major === 20 && minor >= 19) || major >= 22;
  if (!good) stop(`this is Node ${process.versions.node}; Node 20.19 or newer of line 20, or Node 22, is needed. Install it and run the command again.`);
}

function run(command, args, remedy, quiet = false) {
  const result = spawnSync(command, args, { cwd: root, stdio: quiet ? ['ignore', 'ignore', 'inherit'] : 'inherit', shell: process.platform === 'win32' });
  if (result.status !== 0) stop(`\`${command} ${args.join(' ')}\` failed. ${remedy}`);
}

/** Installs the packages of the lock file where node_modules is missing or older than the lock. */
export function requirePackages() {
  const installed = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  process.stderr.write('Installing the packages of package-lock.json ...\n');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'A package registry must be reachable; check the network and npm\'s settings, then run the command again.', true);
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return latest;
}

const SOURCES = ['ebm', 'proto', 'engine', 'coordinator', 'worker', 'platform', 'cli', 'examples', 'test', 'scripts'];

/** Builds dist/ unless it is newer than every source. */
export function requireBuild() {
  const stamp = join(root, 'dist/engine/wasm/kernels.wasm');
  const entry = join(root, 'index.ts');
  const changed = Math.max(statSync(entry).mtimeMs, ...SOURCES.map(newest));
  if (existsSync(stamp) && statSync(stamp).mtimeMs > changed) return;
  process.stderr.write('Building dist/ ...\n');
  run(process.execPath, ['scripts/build.mjs'], 'The errors above say where; `npm run check` shows them all.');
}

/** Path of a Chromium for the browser tests; Debian's package is installed where we are root and it is missing. */
export function requireBrowser() {
  const found = [process.env.EBM_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
  if (found) return found;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    stop('the browser tests need Chromium. Install it (Debian: `apt-get install chromium` as root) or name one in EBM_CHROMIUM, then run the command again.');
  }
  process.stderr.write('Installing Chromium for the browser tests ...\n');
  run('apt-get', ['-qq', 'update'], 'Debian\'s package lists could not be read.', true);
  run('apt-get', ['-qq', '-y', 'install', '--no-install-recommends', 'chromium'], 'Install Chromium by hand or name one in EBM_CHROMIUM.', true);
  return '/usr/bin/chromium';
}
