// Runs the tests under every supported Node version: the one at hand and the newest of lines 20 and 22 (through npx, from the npm registry).
import { spawnSync } from 'node:child_process';
import { requireNode, requirePackages, root } from './prerequisites.mjs';

requireNode();
requirePackages();
let failed = 0;
for (const line of ['20', '22']) {
  const version = `node@${line}`;
  process.stdout.write(`\n=== ${version} ===\n`);
  const result = spawnSync('npx', ['--yes', '-p', version, 'node', 'scripts/test.mjs', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
