// Runs the tests from dist/, those files first that take longest. `--long` runs the *.long.test files instead; words after that keep only
// files whose path contains one of them. `--prepare` runs none: what they need is there afterwards.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { requireBrowser, requireBuild, requireNatsServer, requireNode, requirePackages, requirePromtool, requireTensorflow, root, stop } from './prerequisites.mjs';

/** Files that take 10 seconds of processor time or more, longest first: started last, one of them would run alone at the end. */
const LONGEST = [
  'cluster/cluster', 'cluster/jobs', 'examples/examples', 'cluster/nats-store', 'cluster/continuous', 'chaos/cluster', 'chaos/cluster-recovery', 'identity/churn', 'identity/matrix',
  'cluster/modules', 'identity/crash', 'cli/continuous', 'cli/user-energy', 'cluster/up', 'cluster/data', 'contract/engine-wasm', 'cluster/show', 'process/stop',
  'contract/continuous-tensorflow', 'nats/security-job', 'simulator/simulator', 'cluster/backup', 'cluster/newer', 'cluster/score', 'process/verify', 'process/resume',
  'identity/memory', 'chaos/journal-crash', 'identity/figures', 'process/disk', 'process/train', 'contract/engine-tensorflow', 'process/device-class', 'identity/tensorflow', 'cluster/admission', 'library/use',
].map((name) => `${name}.test.js`);

const words = process.argv.slice(2);
const long = words.includes('--long');
const filters = words.filter((word) => !word.startsWith('--'));

requireNode();
requirePackages();
requireBuild();
const all = readdirSync(join(root, 'dist/test'), { recursive: true }).map((name) => name.split(sep).join('/')).filter((name) => name.endsWith('.test.js'));
const missing = LONGEST.filter((name) => !all.includes(name));
if (missing.length > 0) stop(`scripts/test.mjs names ${missing.join(', ')} among the longest, and dist/test has no such file; change LONGEST there.`);
const place = (name) => (LONGEST.includes(name) ? LONGEST.indexOf(name) : LONGEST.length);
const files = all
  .filter((name) => name.endsWith('.long.test.js') === long)
  .filter((name) => filters.length === 0 || filters.some((word) => name.includes(word)))
  .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
  .map((name) => join('dist/test', name));
if (files.length === 0) stop(`no test file's path contains ${filters.map((word) => `"${word}"`).join(' or ')}.`);
const env = { ...process.env, NO_COLOR: '1' };
if (files.some((name) => name.includes('/browser/'))) env.EBM_CHROMIUM = requireBrowser();
// The contracts are those of every adapter, NATS included.
if (files.some((name) => /[\\/](nats|cluster)[\\/]|[\\/]chaos[\\/]cluster|[\\/]contract[\\/].*-adapters\./.test(name))) env.EBM_NATS_SERVER = requireNatsServer();
if (files.some((name) => /[\\/]metrics[^\\/]*\.test\./.test(name))) env.EBM_PROMTOOL = requirePromtool();
if (files.some((name) => /tensorflow/.test(name))) env.EBM_ENGINES = requireTensorflow();
if (words.includes('--prepare')) process.exit(0);
const result = spawnSync(process.execPath, ['--enable-source-maps', 'scripts/run-tests.mjs', ...(long ? ['--long'] : []), ...files], { cwd: root, stdio: 'inherit', env });
process.exit(result.status ?? 1);
