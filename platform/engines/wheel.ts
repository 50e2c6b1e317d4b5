// TensorFlow's libraries and C headers out of its wheel on the Python package index: downloaded by pip, compared with the digest that is known, and
// unpacked. Nothing of it is installed into any Python.
import { access, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from './errors.ts';
import { LIBRARIES, WHEEL_PLATFORMS, WHEEL_PYTHON, type Wheel } from './recipe.ts';
import { sha256Of } from './stamp.ts';
import { runTool, type Surroundings } from './tools.ts';

const DOWNLOAD_LIMIT_MS = 20 * 60_000;
const UNPACK_LIMIT_MS = 5 * 60_000;
const PYTHON_ADVICE = 'Install Python 3 with pip (Debian: `apt-get install python3 python3-pip`), which fetches and unpacks the wheel, then run the command again.';

/** Of a wheel's members: the libraries, and the headers that the addon includes. */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, folder = sys.argv[1:3]
libraries = sys.argv[3:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        base = name.rsplit('/', 1)[-1]
        if name in ['tensorflow/' + each for each in libraries]:
            target = os.path.join(folder, 'lib', base)
        elif name.startswith('tensorflow/include/') and name.endswith('.h') and (
                name.startswith('tensorflow/include/tensorflow/c/') or '/tsl/c/' in name or '/platform/ctstring' in name):
            target = os.path.join(folder, name[len('tensorflow/'):])
        else:
            continue
        if '..' in target[len(folder):].split('/'):
            sys.exit('a member of the wheel points outside: ' + name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, 'wb') as out:
            shutil.copyfileobj(source, out, 1 << 20)
`;

/** Path of the wheel in `folder`. Throws EngineError: `tool-missing`, `tool-failed`, `checksum-mismatch`. */
export async function downloadWheel(wheel: Wheel, folder: string, surroundings: Surroundings): Promise<string> {
  await runTool({
    ...surroundings, command: 'python3', args: ['-m', 'pip', '--version'], folder, limitMs: UNPACK_LIMIT_MS,
    advice: { missing: PYTHON_ADVICE, failed: PYTHON_ADVICE },
  });
  await mkdir(folder, { recursive: true });
  const failed = 'See that a Python package index can be reached (pip\'s settings: PIP_INDEX_URL, proxies) and that the disk has room, then run the command again.';
  await runTool({
    ...surroundings, command: 'python3', folder, limitMs: DOWNLOAD_LIMIT_MS, advice: { missing: PYTHON_ADVICE, failed },
    args: ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--implementation', 'cp', '--python-version', WHEEL_PYTHON,
      ...WHEEL_PLATFORMS.flatMap((platform) => ['--platform', platform]), '--dest', folder, `${wheel.name}==${wheel.version}`],
  });
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new EngineError('tool-failed', `pip left no wheel of ${wheel.name} ${wheel.version}`, failed);
  const found = await sha256Of(join(folder, file));
  if (found !== wheel.sha256) {
    throw new EngineError('checksum-mismatch', `${file} is not the wheel that ebm knows: its SHA-256 is ${found}, expected ${wheel.sha256}`,
      'What the package index gave was altered or cut short. Try again; if it stays so, use another index.');
  }
  return join(folder, file);
}

/** Libraries into `deps`/lib, under the names that the addon is linked against too, and headers into `deps`/include. */
export async function unpackWheel(file: string, deps: string, surroundings: Surroundings): Promise<void> {
  await rm(deps, { recursive: true, force: true });
  await mkdir(join(deps, 'lib'), { recursive: true });
  const failed = 'See that the disk has 1 GB of room, then run the command again.';
  await runTool({
    ...surroundings, command: 'python3', args: ['-c', UNPACK, file, deps, ...LIBRARIES.map(([name]) => name)], folder: deps, limitMs: UNPACK_LIMIT_MS,
    advice: { missing: PYTHON_ADVICE, failed },
  });
  for (const [name, linked] of LIBRARIES) {
    await access(join(deps, 'lib', name)).catch(() => { throw new EngineError('tool-failed', `the wheel holds no ${name}`, failed); });
    await symlink(name, join(deps, 'lib', linked));
  }
}
