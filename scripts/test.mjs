// Runs the tests from dist/ with explicit files (Node 20 takes no globs). `--long` runs the *.long.test files instead;
// words after that keep only files whose path contains one of them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { requireBrowser, requireBuild, requireNatsServer, requireNode, requirePackages, requirePromtool, requireTensorflow, root, stop } from './prerequisites.mjs';

const words = process.argv.slice(2);
const long = words.includes('--long');
const filters = words.filter((word) => !word.startsWith('--'));

requireNode();
requirePackages();
requireBuild();
const files = readdirSync(join(root, 'dist/test'), { recursive: true })
  .filter((name) => /\.test\.js$/.test(name) && /\.long\.test\.js$/.test(name) === long)
  .filter((name) => filters.length === 0 || filters.some((word) => name.includes(word)))
  .sort()
  .map((name) => join('dist/test', name));
if (files.length === 0) stop(`no test file's path contains ${filters.map((word) => `"${word}"`).join(' or ')}.`);
const env = { ...process.env, NO_COLOR: '1' };
if (files.some((name) => name.includes('/browser/'))) env.EBM_CHROMIUM = requireBrowser();
// The contracts are those of every adapter, NATS included.
if (files.some((name) => /[\\/](nats|cluster)[\\/]|[\\/]chaos[\\/]cluster|[\\/]contract[\\/].*-adapters\./.test(name))) env.EBM_NATS_SERVER = requireNatsServer();
if (files.some((name) => /[\\/]metrics[^\\/]*\.test\./.test(name))) env.EBM_PROMTOOL = requirePromtool();
if (files.some((name) => /tensorflow/.test(name))) env.EBM_ENGINES = requireTensorflow();
const result = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-reporter=spec', ...files], { cwd: root, stdio: 'inherit', env });
process.exit(result.status ?? 1);
