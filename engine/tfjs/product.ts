// Matrix products without transposed operands. tfjs-wasm multiplies a transposed operand by a plain loop, twelve times slower than XNNPACK's kernel
// (measured, 128 x 784 x 512), and both gradients of a product have one. So transposes are made explicitly, a weight's once for as long as it is used.
import { operation, type Tensor, type TensorFlow } from './library.ts';

/** A matrix with its transpose, where one has been made. */
export interface Matrix { readonly plain: Tensor; readonly turned: Tensor | null }

/** The transpose is an operation on the tape, so derivatives through it reach the matrix. */
export function withTranspose(plain: Tensor): Matrix {
  return { plain, turned: plain.transpose() };
}

/** a b for a [m, k], b [k, n]; differentiable to any order. */
export function product(tf: TensorFlow, a: Matrix, b: Matrix): Tensor {
  const others = { ...(a.turned === null ? {} : { aTurned: a.turned }), ...(b.turned === null ? {} : { bTurned: b.turned }) };
  return operation(tf, { a: a.plain, b: b.plain }, {
    others,
    value: () => tf.matMul(a.plain, b.plain),
    gradients: (dy, saved) => {
      const slope: Matrix = { plain: dy, turned: null };
      return {
        a: () => product(tf, slope, turned(saved['b']!, saved['bTurned'])),
        b: () => product(tf, turned(saved['a']!, saved['aTurned']), slope),
      };
    },
  });
}

function turned(matrix: Tensor, transpose: Tensor | undefined): Matrix {
  return { plain: transpose ?? matrix.transpose(), turned: matrix };
}
