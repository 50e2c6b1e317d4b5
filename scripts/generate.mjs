// Generates proto/gen from proto/ebm.proto. With --check it writes nothing: it generates beside the tree, compares, and exits 1 if the
// committed code is not what the .proto file gives.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const committed = join(root, 'proto', 'gen');
const FILES = ['ebm.js', 'ebm.d.ts'];
const OPTIONS = ['-t', 'static-module', '-w', 'esm', '--dts', '-r', 'ebm-fleet', '--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-service', '--no-typeurl', '--force-number'];

function generate(folder) {
  const pbjs = join(root, 'node_modules', 'protobufjs-cli', 'bin', 'pbjs');
  const result = spawnSync(process.execPath, [pbjs, ...OPTIONS, '-o', join(folder, 'ebm.js'), 'proto/ebm.proto'], { cwd: root, encoding: 'utf8' });
  if (result.status === 0) return;
  process.stderr.write(`pbjs could not compile proto/ebm.proto:\n${result.stderr}${result.error?.message ?? ''}\n`);
  process.exit(1);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'ebm-generate-'));
  generate(folder);
  const different = FILES.filter((name) => read(join(folder, name)) !== read(join(committed, name)));
  rmSync(folder, { recursive: true });
  if (different.length > 0) {
    process.stderr.write(`${different.map((name) => `proto/gen/${name}`).join(' and ')} is not what proto/ebm.proto gives: run \`npm run generate\` and commit the result.\n`);
    process.exit(1);
  }
  process.stdout.write('proto/gen is what proto/ebm.proto gives\n');
} else {
  generate(committed);
  process.stdout.write(`wrote ${FILES.map((name) => `proto/gen/${name}`).join(' and ')}\n`);
}
