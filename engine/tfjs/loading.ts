// Loads TensorFlow's native library through @tensorflow/tfjs-node-gpu, from a folder of its own or from node_modules, into the thread that will
// compute. What decides its bits (threads, precision) is set in the environment before the first load in the process; see docs/engines.md.
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const PACKAGE = '@tensorflow/tfjs-node-gpu';
/** Enumerations of TensorFlow's C interface. */
export const FLOAT32 = 1;
export const INT32 = 3;
export const UINT8 = 4;
export const BOOL = 10;
export const UINT16 = 17;
export const UINT64 = 23;

/** Of no attribute. */
const NO_TYPE = -1;

export interface Attribute { readonly name: string; readonly type: number; readonly value: unknown }

/** The part of the addon that is used. Tensors are numbers here; whoever makes one deletes it. */
export interface Binding {
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_INT: number;
  readonly TF_Version: string;
  createTensor(shape: readonly number[], type: number, values: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): readonly { readonly id: number }[];
  getNumOfTensors(): number;
}

/** The part of TensorFlow.js that is used. */
export interface TensorFlow {
  backend(): { readonly binding: Binding; readonly isUsingGpuDevice: boolean };
  getBackend(): string;
}

/** Folder with the package in its node_modules; null: where this program finds its own packages. */
export type Location = string | null;

/**
 * What is read once, when the library is loaded. One thread: the number of threads changes float bits, and a machine's processes share
 * its cores. Must be called on the main thread: in others `process.env` is a copy that the library never sees.
 */
export function prepareEnvironment(environment: Record<string, string | undefined>): void {
  environment['TF_NUM_INTRAOP_THREADS'] = '1';
  environment['TF_NUM_INTEROP_THREADS'] = '1';
  environment['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  environment['TF_ENABLE_ONEDNN_OPTS'] = '1'; // another library for products has other bits
  environment['TF_DETERMINISTIC_OPS'] = '1';
  environment['NVIDIA_TF32_OVERRIDE'] = '0'; // products of 10 bits of mantissa are not exact
  environment['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  delete environment['TF_SET_ONEDNN_FPMATH_MODE'];
}

/** Node 23 dropped two functions that tfjs-node 4.22.0 calls. */
function restoreUtil(require: NodeJS.Require): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

/**
 * Attributes of operations that kernels of tfjs-node 4.22.0 and device.ts name. The addon keeps names in one set for all threads of the process, without a lock:
 * to look one up while another is entered is a race, so whoever loads the library enters all of them,
 * and threads load it one after the other.
 */
export const ATTRIBUTE_NAMES: readonly string[] = [
  'DstT', 'Index', 'N', 'SrcT', 'T', 'TI', 'T_threshold', 'Taxis', 'Tblock_shape', 'Tcomplex', 'Tcrops', 'Tidx', 'Tindices', 'Tlen', 'Tmultiples', 'Tnumsegments', 'Tout', 'Tpaddings', 'Tparams',
  'Tperm', 'Truncate', 'Tshape', 'adj_x', 'adj_y', 'align_corners', 'alpha', 'axis', 'batch_dims', 'begin_mask', 'beta', 'bias', 'block_size', 'data_format', 'depth_radius', 'dilations', 'dtype', 'ellipsis_mask', 'end_mask',
  'epsilon', 'equation', 'exclusive', 'explicit_paddings', 'extrapolation_value', 'half_pixel_centers', 'index_type', 'is_training', 'keep_dims', 'ksize', 'method', 'mode', 'new_axis_mask', 'num', 'num_split',
  'out_idx', 'output_dtype', 'output_type', 'pad_to_max_output_size', 'padding', 'pattern', 'rates', 'replace_global', 'reverse', 'rewrite', 'seed', 'seed2', 'shrink_axis_mask', 'sorted', 'strides', 'transpose_a', 'transpose_b', 'type', 'use_cudnn_on_gpu',
  'validate_indices',
];

/** Throws where it is not there or does not run. */
export function loadTensorFlow(location: Location): TensorFlow {
  const require = createRequire(location === null ? import.meta.url : join(location, 'package.json'));
  restoreUtil(require);
  let tensorflow: TensorFlow;
  try {
    tensorflow = require(PACKAGE) as TensorFlow;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new Error(`TensorFlow could not be loaded from ${location ?? 'node_modules'}: ${said}`, { cause });
  }
  if (tensorflow.getBackend() !== 'tensorflow') throw new Error(`TensorFlow.js chose its backend ${tensorflow.getBackend()} instead of tensorflow`);
  enterNames(tensorflow.backend().binding);
  return tensorflow;
}

function enterNames(binding: Binding): void {
  for (const name of ATTRIBUTE_NAMES) {
    try {
      binding.executeOp('NoOp', [{ name, type: NO_TYPE, value: null }], [], 0);
    } catch {
      // It has entered the name before it looks at the type, so nothing is executed.
    }
  }
}
