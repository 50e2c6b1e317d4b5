// Compiles TypeScript (tsc) and the wasm kernels (asc) into dist/, or into another folder with --out (a folder inside the project,
// so that node_modules is found). Files that neither compiler moves (generated protobuf code, .proto, wasm) are copied.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const flag = process.argv.indexOf('--out');
const out = flag > 0 ? process.argv[flag + 1] : 'dist';

function run(binary, args) {
  const result = spawnSync(process.execPath, [join('node_modules', ...binary), ...args], { stdio: 'inherit' });
  return result.status === 0;
}

const compiled = run(['typescript', 'bin', 'tsc'], ['-p', 'tsconfig.build.json', '--outDir', out]);
mkdirSync(join(out, 'engine/wasm'), { recursive: true });
const kernels = !existsSync('engine/wasm/assembly/index.ts') || run(['assemblyscript', 'bin', 'asc.js'],
  ['engine/wasm/assembly/index.ts', '--config', 'engine/wasm/assembly/asconfig.json', '--target', 'release', '--outFile', join(out, 'engine/wasm/kernels.wasm')]);
for (const folder of ['proto', 'proto/gen']) {
  if (!existsSync(folder)) continue;
  for (const name of readdirSync(folder)) {
    if (/\.(js|d\.ts|proto)$/.test(name)) cpSync(join(folder, name), join(out, folder, name), { recursive: true });
  }
}
process.exit(compiled && kernels ? 0 : 1);
