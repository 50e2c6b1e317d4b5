// The class of devices whose float bits agree: library version, kind of processor, instruction set, threads. Integer models need none of it.
import { readFileSync, readdirSync } from 'node:fs';
import { arch } from 'node:os';

/** Widest first: what TensorFlow's kernels choose between. */
const SETS = [['avx512f', 'avx512'], ['avx2', 'avx2'], ['avx', 'avx'], ['sse4_2', 'sse4.2']] as const;

export function deviceClass({ version, isUsingGpu }: { readonly version: string; readonly isUsingGpu: boolean }): string {
  return isUsingGpu ? `tensorflow/${version} gpu ${gpuModel() ?? 'unknown'}` : `tensorflow/${version} cpu ${instructionSet(cpuFlags())} intra1`;
}

export function instructionSet(flags: ReadonlySet<string>): string {
  return SETS.find(([flag]) => flags.has(flag))?.[1] ?? arch();
}

function cpuFlags(): ReadonlySet<string> {
  const line = read('/proc/cpuinfo')?.split('\n').find((one) => /^(flags|Features)\s*:/.test(one));
  return new Set(line?.split(':')[1]?.trim().split(/\s+/) ?? []);
}

/** As the driver names the first one. */
function gpuModel(): string | null {
  const folder = '/proc/driver/nvidia/gpus';
  for (const slot of slotsIn(folder)) {
    const model = read(`${folder}/${slot}/information`)?.split('\n').find((line) => line.startsWith('Model:'));
    if (model !== undefined) return model.slice('Model:'.length).trim().replaceAll(/\s+/g, '-');
  }
  return null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function slotsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
