// Generates what is committed though it could be made: proto/gen from proto/ebm.proto, and docs/job.schema.json from the schema of job
// files. With --check it writes nothing: it generates beside the tree, compares, and exits 1 if what is committed is something else.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireBuild } from './prerequisites.mjs';

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

if (!process.argv.includes('--check')) generate(committed); // what is built from the sources needs it
requireBuild();
const { jobJsonSchema } = await import('../dist/platform/config/json-schema.js');
const schemaPath = join(root, 'docs', 'job.schema.json');

if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'ebm-generate-'));
  generate(folder);
  const different = FILES.filter((name) => read(join(folder, name)) !== read(join(committed, name))).map((name) => `proto/gen/${name}`);
  rmSync(folder, { recursive: true });
  if (read(schemaPath) !== jobJsonSchema()) different.push('docs/job.schema.json');
  if (different.length > 0) {
    process.stderr.write(`${different.join(' and ')}: not what the sources give. Run \`npm run generate\` and commit the result.\n`);
    process.exit(1);
  }
  process.stdout.write('generated files are what their sources give\n');
} else {
  writeFileSync(schemaPath, jobJsonSchema());
  process.stdout.write(`wrote ${FILES.map((name) => `proto/gen/${name}`).join(', ')} and docs/job.schema.json\n`);
}
