// What the other scripts need on a fresh machine: node_modules, a built dist/, and for the tests a browser and a NATS server.
// Whatever is missing and cannot be had is an error with its remedy, never a silent skip.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
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

const NATS_SERVER = 'github.com/nats-io/nats-server/v2@v2.15.2';
/** Older ones lack sync_interval, which the store on NATS needs. */
const NATS_SERVER_MINOR_MIN = 10;

function isOnPath(name) {
  return process.env.PATH.split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function isRecentNatsServer(path) {
  const said = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(said.stdout ?? '') ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= NATS_SERVER_MINOR_MIN);
}

/** Path of a nats-server for the tests: one that is there, or built with Go into .tools, or Debian's where we are root. */
export function requireNatsServer() {
  if (process.env.EBM_NATS_SERVER) {
    if (!existsSync(process.env.EBM_NATS_SERVER)) stop(`EBM_NATS_SERVER names ${process.env.EBM_NATS_SERVER}, which does not exist.`);
    return process.env.EBM_NATS_SERVER;
  }
  const tools = join(root, '.tools');
  const built = join(tools, 'nats-server');
  const installed = isOnPath('nats-server');
  const recent = [installed, built].find((path) => path && existsSync(path) && isRecentNatsServer(path));
  if (recent) return recent;
  if (isOnPath('go')) {
    process.stderr.write(`Building ${NATS_SERVER} with Go for the tests; this takes about a minute ...\n`);
    mkdirSync(tools, { recursive: true });
    const result = spawnSync('go', ['install', NATS_SERVER], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, GOBIN: tools } });
    if (result.status === 0 && existsSync(built)) return built;
  }
  if (installed) return installed;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    stop('the tests of the cluster need nats-server. Install it (https://nats.io/download, Debian: `apt-get install nats-server` as root), or Go, with which it is built here, or name one in EBM_NATS_SERVER, then run the command again.');
  }
  process.stderr.write('Installing nats-server for the tests ...\n');
  run('apt-get', ['-qq', 'update'], 'Debian\'s package lists could not be read.', true);
  run('apt-get', ['-qq', '-y', 'install', '--no-install-recommends', 'nats-server'], 'Install nats-server by hand or name one in EBM_NATS_SERVER.', true);
  return isOnPath('nats-server') ?? '/usr/sbin/nats-server';
}

/** Path of a promtool for the tests of metrics: one that is there, or taken out of Debian's package, whose installation would start a Prometheus. */
export function requirePromtool() {
  if (process.env.EBM_PROMTOOL) {
    if (!existsSync(process.env.EBM_PROMTOOL)) stop(`EBM_PROMTOOL names ${process.env.EBM_PROMTOOL}, which does not exist.`);
    return process.env.EBM_PROMTOOL;
  }
  const kept = join(root, '.tools/promtool');
  const found = [isOnPath('promtool'), kept].find((path) => path && existsSync(path));
  if (found) return found;
  const remedy = 'the tests of metrics need promtool. Install Prometheus (https://prometheus.io/download, Debian: `apt-get install prometheus`), or name one in EBM_PROMTOOL, then run the command again.';
  if (!existsSync('/usr/bin/apt-get')) stop(remedy);
  process.stderr.write('Taking promtool from Debian\'s package prometheus for the tests ...\n');
  if (process.getuid?.() === 0) run('apt-get', ['-qq', 'update'], remedy, true);
  const folder = mkdtempSync(join(tmpdir(), 'ebm-promtool-'));
  try {
    const downloaded = spawnSync('apt-get', ['-qq', 'download', 'prometheus'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const file = readdirSync(folder).find((name) => name.endsWith('.deb'));
    if (downloaded.status !== 0 || file === undefined) stop(remedy);
    run('dpkg-deb', ['--extract', join(folder, file), folder], remedy, true);
    mkdirSync(join(root, '.tools'), { recursive: true });
    copyFileSync(join(folder, 'usr/bin/promtool'), kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return kept;
}

/** Folder of engines with the tensorflow engine in it, whole: EBM_ENGINES if it is set, else .tools/engines, into which it is installed the first time. */
export function requireTensorflow() {
  const engines = process.env.EBM_ENGINES || join(root, '.tools/engines');
  const env = { ...process.env, EBM_ENGINES: engines };
  const result = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), 'engine', 'install', 'tensorflow'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env });
  if (result.status !== 0) stop('the tests of the tensorflow engine need it installed, which failed for the reason above. To run the others, name the folders of tests: `npm test -- unit contract/engine-wasm`.');
  return engines;
}
