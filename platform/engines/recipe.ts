// What is installed for the tensorflow engine: exact versions, and the digests of what is downloaded where that never changes.

export const PACKAGE = '@tensorflow/tfjs-node-gpu';
export const PACKAGE_VERSION = '4.22.0';
export const ADDON = 'tfjs_binding.node';
/** C headers for native addons, where Node came without its own. */
export const HEADERS_PACKAGE = 'node-api-headers@1.5.0';

export type Flavour = 'cpu' | 'gpu';

export interface Wheel {
  /** On the Python package index. */
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** Wheels for CPython 3.11 on Linux, x86-64: unpacked, never installed, so that Python's own version does not matter. */
export const WHEEL_PYTHON = '3.11';
export const WHEEL_PLATFORMS = ['manylinux2014_x86_64', 'manylinux_2_17_x86_64'] as const;
export const WHEELS: Readonly<Record<Flavour, Wheel>> = {
  cpu: { name: 'tensorflow-cpu', version: '2.15.1', sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26' },
  gpu: { name: 'tensorflow', version: '2.15.1', sha256: 'bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4' },
};

/** Libraries in a wheel, and the name that the addon is linked against. */
export const LIBRARIES = [
  ['libtensorflow_cc.so.2', 'libtensorflow.so'],
  ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
] as const;

/** A fact of the machine, handed in by tests. */
export function isSupported(platform: string, architecture: string): boolean {
  return platform === 'linux' && architecture === 'x64';
}
