// TensorFlow's operations by number of tensor: the binding without TensorFlow.js above it, which knows neither 64-bit nor 16-bit types and takes
// twice as long to dispatch. T1: every tensor belongs to a scope and is deleted at its end, or to the device and is deleted by name.
import { BOOL, FLOAT32, INT32, UINT16, UINT64, type Attribute, type Binding } from './loading.ts';

export type Tensor = number;
type Values = Float32Array | Int32Array | Uint8Array;

export class Device {
  readonly #binding: Binding;
  readonly #attributes: ReturnType<typeof attributesOf>;
  /** Small integers, as operations want them: shapes, axes. Made once. */
  readonly #constants = new Map<string, Tensor>();
  #scope: Tensor[] | null = null;

  constructor(binding: Binding) {
    this.#binding = binding;
    this.#attributes = attributesOf(binding);
  }

  /** Tensors that the library holds, those of others included. */
  get tensors(): number {
    return this.#binding.getNumOfTensors();
  }

  /** T1. Deletes what `work` makes, but for the tensors that it returns: those are the outer scope's. */
  scope(work: () => readonly Tensor[]): readonly Tensor[] {
    const outer = this.#scope;
    const own: Tensor[] = [];
    this.#scope = own;
    let kept: readonly Tensor[] = [];
    try {
      kept = work();
    } finally {
      this.#scope = outer;
      for (const tensor of own) if (!kept.includes(tensor)) this.#binding.deleteTensor(tensor);
    }
    for (const tensor of kept) if (own.includes(tensor)) outer?.push(tensor);
    return kept;
  }

  /** As a scope of which nothing is left but a value. */
  within<Value>(work: () => Value): Value {
    let value: Value | null = null;
    this.scope(() => {
      value = work();
      return [];
    });
    return value as Value;
  }

  /** Of the device until `free`. The library reads the array whenever it likes: it is never written again. */
  keep(shape: readonly number[], values: Values): Tensor {
    return this.#binding.createTensor(shape, typeOf(values), values);
  }

  /** Takes a tensor out of the scope: it is the device's until `free`. */
  hold(tensor: Tensor): Tensor {
    const at = this.#scope?.lastIndexOf(tensor) ?? -1;
    if (at < 0) throw new Error('the tensor is not of this scope');
    this.#scope!.splice(at, 1);
    return tensor;
  }

  free(tensor: Tensor): void {
    this.#binding.deleteTensor(tensor);
  }

  /** Of the scope. `values` as of `keep`; a Uint8Array holds booleans. */
  upload(shape: readonly number[], values: Values): Tensor {
    return this.#own(this.keep(shape, values));
  }

  /** Perhaps the library's own memory: to be used before the scope ends, and not written. */
  read(tensor: Tensor): Values {
    return this.#binding.tensorDataSync(tensor);
  }

  freeAll(): void {
    for (const tensor of this.#constants.values()) this.#binding.deleteTensor(tensor);
    this.#constants.clear();
  }

  integers(...values: readonly number[]): Tensor {
    return this.#constant(`[${values.join()}]`, [values.length], values);
  }

  integer(value: number): Tensor {
    return this.#constant(String(value), [], [value]);
  }

  /**
   * a b, a^T b or a b^T in float32. Not `MatMul`: its kernel for AVX-512 uses the stack pointer for other things, and a signal that arrives then
   * (a profiler's) destroys memory.
   */
  product(a: Tensor, b: Tensor, transposed: 'none' | 'first' | 'second'): Tensor {
    return this.#run('BatchMatMulV2', this.#attributes.product[transposed], [a, b]);
  }

  add(a: Tensor, b: Tensor, type: 'float32' | 'int32' = 'float32'): Tensor {
    return this.#run('AddV2', this.#attributes.type[type], [a, b]);
  }

  subtract(a: Tensor, b: Tensor, type: 'float32' | 'int32' = 'float32'): Tensor {
    return this.#run('Sub', this.#attributes.type[type], [a, b]);
  }

  multiply(a: Tensor, b: Tensor): Tensor {
    return this.#run('Mul', this.#attributes.type.float32, [a, b]);
  }

  clip(a: Tensor, least: Tensor, most: Tensor): Tensor {
    return this.#run('ClipByValue', this.#attributes.type.float32, [a, least, most]);
  }

  less(a: Tensor, b: Tensor): Tensor {
    return this.#run('Less', this.#attributes.type.float32, [a, b]);
  }

  /** Entries of a vector, by indices that are inside it: outside a GPU gives 0. */
  gather(table: Tensor, indices: Tensor): Tensor {
    return this.#run('GatherV2', this.#attributes.gather, [table, indices, this.integer(0)]);
  }

  cast(tensor: Tensor, how: keyof ReturnType<typeof attributesOf>['cast']): Tensor {
    return this.#run('Cast', this.#attributes.cast[how], [tensor]);
  }

  /** Sums over the rows. */
  sumRows(tensor: Tensor): Tensor {
    return this.#run('Sum', this.#attributes.sum, [tensor, this.integer(0)]);
  }

  reshape(tensor: Tensor, shape: readonly number[]): Tensor {
    return this.#run('Reshape', this.#attributes.reshape, [tensor, this.integers(...shape)]);
  }

  /** Pairs of 32-bit words, low first, as 64-bit numbers: a key or a counter of Philox. */
  words(pairs: Int32Array): Tensor {
    const count = pairs.length / 2;
    return this.#run('Bitcast', this.#attributes.words, [this.upload([count, 2], pairs)]);
  }

  /** 16-bit halves of Philox's words, low half first: float32 [rows, 2 * words]. */
  draws(key: Tensor, counter: Tensor, rows: number, words: number): Tensor {
    const numbers = this.#run('StatelessRandomUniformFullIntV2', this.#attributes.philox, [this.integers(rows, words), key, counter, this.integer(PHILOX)]);
    const halves = this.#run('Bitcast', this.#attributes.halves, [numbers]);
    return this.#run('Cast', this.#attributes.halvesToFloat, [this.#run('Reshape', this.#attributes.reshapeHalves, [halves, this.integers(rows, 2 * words)])]);
  }

  #run(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor {
    return this.#own(this.#binding.executeOp(name, attributes, inputs, 1)[0]!.id);
  }

  #own(tensor: Tensor): Tensor {
    if (this.#scope === null) {
      this.#binding.deleteTensor(tensor);
      throw new Error('a tensor was made outside of every scope');
    }
    this.#scope.push(tensor);
    return tensor;
  }

  #constant(name: string, shape: readonly number[], values: readonly number[]): Tensor {
    let tensor = this.#constants.get(name);
    if (tensor === undefined) {
      tensor = this.keep(shape, Int32Array.from(values));
      this.#constants.set(name, tensor);
    }
    return tensor;
  }
}

/** RNG_ALG_PHILOX; 3, auto, is another algorithm on some devices. */
const PHILOX = 1;

function typeOf(values: Values): number {
  return values instanceof Float32Array ? FLOAT32 : values instanceof Int32Array ? INT32 : BOOL;
}

function attributesOf({ TF_ATTR_TYPE, TF_ATTR_BOOL, TF_ATTR_INT }: Binding) {
  const type = (name: string, value: number): Attribute => ({ name, type: TF_ATTR_TYPE, value });
  const flag = (name: string, value: boolean): Attribute => ({ name, type: TF_ATTR_BOOL, value });
  const from = (source: number, target: number): Attribute[] => [type('SrcT', source), type('DstT', target), flag('Truncate', false)];
  const product = (a: boolean, b: boolean): Attribute[] => [type('T', FLOAT32), flag('adj_x', a), flag('adj_y', b)];
  const bits = (source: number, target: number): Attribute[] => [type('T', source), type('type', target)];
  return {
    type: { float32: [type('T', FLOAT32)], int32: [type('T', INT32)] },
    product: { none: product(false, false), first: product(true, false), second: product(false, true) },
    gather: [type('Tparams', FLOAT32), type('Tindices', INT32), type('Taxis', INT32), { name: 'batch_dims', type: TF_ATTR_INT, value: 0 }],
    cast: { 'float32 to int32': from(FLOAT32, INT32), 'bool to float32': from(BOOL, FLOAT32) },
    sum: [flag('keep_dims', false), type('T', FLOAT32), type('Tidx', INT32)],
    reshape: [type('T', FLOAT32), type('Tshape', INT32)],
    reshapeHalves: [type('T', UINT16), type('Tshape', INT32)],
    words: bits(INT32, UINT64),
    halves: bits(INT32, UINT16),
    halvesToFloat: from(UINT16, FLOAT32),
    philox: [type('dtype', INT32), type('Tshape', INT32)],
  };
}
