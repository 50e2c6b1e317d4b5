// `ebm engine install tensorflow`: the package from npm, libtensorflow by the package's own script or out of a wheel, an addon between them, a
// load that proves it, and a stamp. All in a folder beside the final one, which takes its place when it is complete: an installation that was cut
// short is never mistaken for a whole one.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureDirectory } from '../store/durable.ts';
import { nodeFiles } from '../store/node-files.ts';
import { buildAddon, nodeHeaders } from './addon.ts';
import { EngineError } from './errors.ts';
import { runOwnScript } from './own-script.ts';
import { HEADERS_PACKAGE, PACKAGE, PACKAGE_VERSION, WHEELS, isSupported, type Flavour } from './recipe.ts';
import { digestsOf, examine, writeStamp, type Stamp } from './stamp.ts';
import { runTool, type Surroundings } from './tools.ts';
import { downloadWheel, unpackWheel } from './wheel.ts';

const NPM_LIMIT_MS = 15 * 60_000;
const LOAD_LIMIT_MS = 2 * 60_000;
const OWNER = 'installing-process';

export interface InstallOptions extends Surroundings {
  /** Of this engine alone. */
  readonly folder: string;
  readonly flavour: Flavour;
  /** Builds against the wheel at once, without trying the package's own download. */
  readonly wheelOnly: boolean;
  readonly onStep: (text: string) => void;
}

export interface Installed { readonly isNew: boolean; readonly stamp: Stamp }

/** Throws EngineError; what the signal was aborted with when it is. */
export async function installTensorflow(options: InstallOptions): Promise<Installed> {
  const { folder, flavour, onStep } = options;
  onStep(`looking at ${folder}`);
  const there = await examine(folder, { verify: true });
  const serves = there.kind === 'installed' && (there.stamp.flavour === flavour || flavour === 'cpu'); // the one for GPUs computes on processors too
  if (there.kind === 'installed' && serves) return { isNew: false, stamp: there.stamp };
  if (there.kind === 'installed') onStep(`what is there is for ${there.stamp.flavour}: it will be replaced`);
  if (there.kind === 'damaged') onStep(`what is there is damaged and will be replaced: ${there.reason}`);
  if (!isSupported(process.platform, process.arch)) {
    throw new EngineError('unsupported-platform', `the tensorflow engine is installed on Linux with x86-64 processors, and this is ${process.platform} on ${process.arch}`, 'Use the wasm engine, which gives the same bits for Boltzmann machines.');
  }
  const work = `${folder}.installing`;
  await claim(work, onStep);
  try {
    const stamp = await build(work, options);
    onStep('writing checksums');
    await writeStamp(work, stamp);
    await rm(join(work, OWNER));
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
  const done = await examine(folder, { verify: false });
  if (done.kind !== 'installed') throw new EngineError('install-failed', `${folder} is not whole after its installation`, 'Run the command again.');
  return { isNew: true, stamp: done.stamp };
}

/** Takes the folder of an installation under way; one whose process is gone is begun anew. */
async function claim(work: string, onStep: (text: string) => void): Promise<void> {
  try {
    await ensureDirectory(nodeFiles(), dirname(work)); // Node's own way to make several never ends below /proc
  } catch (error) {
    throw new EngineError('folder-not-writable', `${dirname(work)} cannot be made (${error instanceof Error ? error.message : String(error)})`, 'Name a folder of your own with --folder or EBM_ENGINES.', error);
  }
  try {
    await mkdir(work);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw new EngineError('folder-not-writable', `${work} cannot be made (${error instanceof Error ? error.message : String(error)})`, 'Name a folder of your own with --folder or EBM_ENGINES.', error);
    }
    const owner = Number(await readFile(join(work, OWNER), 'utf8').catch(() => ''));
    if (owner > 0 && isAlive(owner)) throw new EngineError('install-under-way', `process ${owner} is installing into ${work}`, 'Wait for it, or stop it, then run the command again.');
    onStep('an earlier installation was not finished: it is done anew');
    await rm(work, { recursive: true, force: true });
    await mkdir(work);
  }
  await writeFile(join(work, OWNER), String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function build(work: string, options: InstallOptions): Promise<Omit<Stamp, 'format'>> {
  const { flavour, wheelOnly, onStep } = options;
  const headers = await nodeHeaders();
  onStep(`${PACKAGE} ${PACKAGE_VERSION} from npm`);
  await npmInstall(work, [`${PACKAGE}@${PACKAGE_VERSION}`, ...(headers === null ? [HEADERS_PACKAGE] : [])], options);
  const packageFolder = join(work, 'node_modules', PACKAGE);
  const named = { package: `${PACKAGE}@${PACKAGE_VERSION}`, flavour };
  if (!wheelOnly) {
    onStep('libtensorflow by the package\'s own script');
    const reason = await runOwnScript(packageFolder, flavour, options);
    if (reason === null) return { ...named, source: 'package', wheel: null, version: await prove(work, options), files: await digestsOf(work) };
    onStep(`not that way: ${reason}`);
  }
  const wheel = WHEELS[flavour];
  onStep(`the wheel of ${wheel.name} ${wheel.version} (${flavour === 'cpu' ? '0.2' : '0.5'} GB) from the Python package index`);
  const downloads = join(work, 'downloads');
  await mkdir(downloads, { recursive: true });
  const file = await downloadWheel(wheel, downloads, options);
  onStep('unpacking its libraries');
  await unpackWheel(file, join(packageFolder, 'deps'), options);
  await rm(downloads, { recursive: true });
  onStep('building the addon with the C++ compiler');
  await buildAddon(packageFolder, headers ?? join(work, 'node_modules', 'node-api-headers', 'include'), options);
  return { ...named, source: 'wheel', wheel, version: await prove(work, options), files: await digestsOf(work) };
}

async function npmInstall(folder: string, packages: readonly string[], surroundings: Surroundings): Promise<void> {
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ name: 'ebm-engine-tensorflow', private: true }, null, 2)}\n`);
  await runTool({
    ...surroundings, command: 'npm', folder, limitMs: NPM_LIMIT_MS,
    args: ['install', '--ignore-scripts', '--save-exact', '--no-audit', '--no-fund', '--loglevel=error', ...packages],
    advice: {
      missing: 'npm comes with Node: install Node with it (https://nodejs.org), or put it on the PATH, then run the command again.',
      failed: 'See that npm\'s registry can be reached (`npm ping`, npm\'s settings for proxies) and that the disk has 1 GB of room, then run the command again.',
    },
  });
}

/** Loads what was installed in a process of its own, lets it add, and returns libtensorflow's version. */
async function prove(folder: string, { onStep, ...surroundings }: InstallOptions): Promise<string> {
  onStep('loading it');
  const output = await runTool({
    ...surroundings, command: process.execPath, args: ['-e', PROOF, folder], folder, limitMs: LOAD_LIMIT_MS,
    environment: { ...surroundings.environment, TF_CPP_MIN_LOG_LEVEL: '2', TF_NUM_INTRAOP_THREADS: '1' },
    advice: { missing: '', failed: 'The library does not run here. See what it says above; `ebm doctor` shows what this machine has.' },
  });
  const version = /tensorflow (\S+) makes 3\s*$/.exec(output)?.[1];
  if (version === undefined) throw new EngineError('install-failed', `the library was loaded but did not add 1 and 2: ${output.trim()}`, 'Run the command again.');
  return version;
}

const PROOF = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(require('node:path').join(process.argv[1], 'node_modules', ${JSON.stringify(PACKAGE)}));
console.log('tensorflow', tf.backend().binding.TF_Version, 'makes', tf.add(tf.scalar(1), tf.scalar(2)).dataSync()[0]);
`;
