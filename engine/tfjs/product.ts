// Matrix products without transposed operands. tfjs-wasm multiplies a transposed operand by a plain loop, twelve times slower than XNNPACK's kernel
// (measured, 128 x 784 x 512), and both gradients of a product have one. So transposes are made explicitly, a weight's once for as long as it is used.
import { operation, type NamedTensors, type Tensor, type TensorFlow } from './library.ts';

/** A matrix with its transpose, where one has been made. */
export interface Matrix {
  readonly plain: Tensor;
  readonly turned: Tensor | null;
  /**
   * Both outlive every derivative that is taken, so the tape need not save them. Saving copies them on tfjs-wasm, and XNNPACK, which knows its packed
   * weights by tensor, packs each copy anew.
   */
  readonly lasting: boolean;
}

/** The transpose is an operation on the tape, so derivatives through it reach the matrix. */
export function withTranspose(plain: Tensor, lasting: boolean): Matrix {
  return { plain, turned: plain.transpose(), lasting };
}

/** A matrix that is used as it stands. */
export function passing(plain: Tensor): Matrix {
  return { plain, turned: null, lasting: false };
}

/** Off the tape. */
export function transposed({ plain, turned, lasting }: Matrix): Matrix {
  return { plain: turned ?? plain.transpose(), turned: plain, lasting };
}

/** a b for a [m, k], b [k, n]; differentiable to any order. */
export function product(tf: TensorFlow, a: Matrix, b: Matrix): Tensor {
  return operation(tf, { a: a.plain, b: b.plain }, {
    saved: { ...savedOf(a, 'a'), ...savedOf(b, 'b') },
    value: () => tf.matMul(a.plain, b.plain),
    gradients: (dy, saved) => ({
      a: () => product(tf, passing(dy), transposeOf(b, 'b', saved)),
      b: () => product(tf, transposeOf(a, 'a', saved), passing(dy)),
    }),
  });
}

function savedOf({ plain, turned, lasting }: Matrix, name: string): NamedTensors {
  if (lasting) return {};
  return turned === null ? { [name]: plain } : { [name]: plain, [`${name}Turned`]: turned };
}

function transposeOf(matrix: Matrix, name: string, saved: NamedTensors): Matrix {
  const plain = matrix.lasting ? matrix.plain : saved[name]!;
  const turned = matrix.lasting ? matrix.turned : saved[`${name}Turned`] ?? null;
  return { plain: turned ?? plain.transpose(), turned: plain, lasting: matrix.lasting && turned !== null };
}
