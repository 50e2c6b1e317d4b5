// The addon between Node and TensorFlow, built from the package's own sources with the machine's C++ compiler.
import { access, mkdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ADDON } from './recipe.ts';
import { EngineError } from './errors.ts';
import { runTool, type Surroundings } from './tools.ts';

const COMPILE_LIMIT_MS = 10 * 60_000;

/** Where a node of this prefix has the headers of its C interface; null where it came without. */
export async function nodeHeaders(): Promise<string | null> {
  const prefix = dirname(dirname(await realpath(process.execPath)));
  for (const folder of [join(prefix, 'include', 'node'), '/usr/include/node', '/usr/include/nodejs/src']) {
    if (await access(join(folder, 'node_api.h')).then(() => true, () => false)) return folder;
  }
  return null;
}

/** Version of Node's C interface that the addon is built for: the newest that both the package and this node know. */
async function napiVersion(packageFolder: string): Promise<number> {
  const { binary } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { readonly binary?: { readonly napi_versions?: readonly number[] } };
  const known = (binary?.napi_versions ?? []).filter((version) => version <= Number(process.versions['napi']));
  if (known.length === 0) throw new EngineError('unsupported-node', `this node knows version ${process.versions['napi'] ?? '?'} of Node-API, and the package none of those`, 'Use Node 20.19 or 22.');
  return Math.max(...known);
}

/** Compiles and links. Throws EngineError: `tool-missing`, `tool-failed`. */
export async function buildAddon(packageFolder: string, headers: string, surroundings: Surroundings): Promise<void> {
  const napi = await napiVersion(packageFolder);
  const folder = join(packageFolder, 'lib', `napi-v${napi}`);
  await mkdir(folder, { recursive: true });
  const command = surroundings.environment['CXX'] ?? 'g++';
  const libraries = join(packageFolder, 'deps', 'lib');
  await runTool({
    ...surroundings, command, folder: packageFolder, limitMs: COMPILE_LIMIT_MS,
    args: [
      '-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${napi}`, '-DBUILDING_NODE_EXTENSION', '-DNODE_GYP_MODULE_NAME=tfjs_binding',
      `-I${headers}`, `-I${packageFolder}`, `-I${join(packageFolder, 'deps', 'include')}`,
      join(packageFolder, 'binding', 'tfjs_backend.cc'), join(packageFolder, 'binding', 'tfjs_binding.cc'),
      `-L${libraries}`, '-ltensorflow', '-ltensorflow_framework', '-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', join(folder, ADDON),
    ],
    advice: {
      missing: 'Install a C++ compiler (Debian: `apt-get install g++`), or name one in CXX, then run the command again.',
      failed: 'The compiler must know C++17 (g++ 9, clang 9 or newer). Name another one in CXX, then run the command again.',
    },
  });
}
