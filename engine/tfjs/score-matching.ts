// Score matching: explicit (Hyvarinen 2005), sliced with variance reduction (Song et al. 2019) and denoising (Vincent 2011), s(x) = -grad E(x). The loss
// itself holds derivatives of the energy, so its gradient is of second or third order.
import type { ObjectiveSettings } from '../../ebm/continuous/model.ts';
import { DATA_HALF_STEPS } from '../../ebm/continuous/noise.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { Energy } from './energies.ts';
import { gradientOf, type Tensor, type TensorFlow } from './library.ts';
import type { Noise } from './noise.ts';
import type { DataRows, Term, TermContext } from './terms.ts';

type ScoreMatching = Extract<ObjectiveSettings, { kind: 'explicit' | 'denoising' | 'sliced' }>;

export function scoreMatchingTerm(context: TermContext, objective: ScoreMatching, rows: DataRows): Term {
  const { tf, model, batch } = context;
  const noise = context.openNoise({ seed: rows.seed, purpose: PURPOSES.dataNoise, branch: rows.branch, word3: rows.update });
  return (parameters, watch) => {
    const energy = model(parameters, 'often');
    const x = tf.tensor2d(rows.values.slice(), [rows.offsets.length, rows.size]);
    const losses = lossesOf({ tf, energy, noise, rows }, objective, x);
    watch('loss', losses);
    watch('dataEnergy', energy(x));
    return losses.sum().div(batch);
  };
}

interface Scene { readonly tf: TensorFlow; readonly energy: Energy; readonly noise: Noise; readonly rows: DataRows }

function lossesOf(scene: Scene, objective: ScoreMatching, x: Tensor): Tensor {
  switch (objective.kind) {
    case 'explicit': return objective.trace === 'exact' ? halfSquare(scene, x).sub(exactTrace(scene, x)) : projected(scene, x, objective.projections);
    case 'sliced': return projected(scene, x, objective.projections);
    case 'denoising': return denoised(scene, objective.sigmas);
  }
}

function slopeAt({ tf, energy }: Scene, x: Tensor): Tensor {
  return gradientOf(tf, () => energy(x), x).gradient;
}

/** 1/2 |s|^2 of each row. */
function halfSquare(scene: Scene, x: Tensor): Tensor {
  return slopeAt(scene, x).square().sum(-1).mul(0.5);
}

/** v^T H v of each row, H the Hessian of the energy. */
function curvature(scene: Scene, x: Tensor, direction: Tensor): Tensor {
  const { gradient } = gradientOf(scene.tf, () => slopeAt(scene, x).mul(direction).sum(), x);
  return gradient.mul(direction).sum(-1);
}

/** tr H, one Hessian-vector product a dimension. */
function exactTrace(scene: Scene, x: Tensor): Tensor {
  const { tf, rows } = scene;
  let trace: Tensor = tf.zeros([rows.offsets.length]);
  for (let i = 0; i < rows.size; i += 1) {
    const direction = new Float32Array(rows.size);
    direction[i] = 1;
    trace = trace.add(curvature(scene, x, tf.tensor2d(direction, [1, rows.size])));
  }
  return trace;
}

/** 1/2 |s|^2 - mean of v^T H v over random signs v: Hutchinson's estimate of the trace, and the sliced loss with its variance reduced. */
function projected(scene: Scene, x: Tensor, projections: number): Tensor {
  const { tf, noise, rows } = scene;
  let sum: Tensor = tf.zeros([rows.offsets.length]);
  for (let p = 0; p < projections; p += 1) {
    const signs = new Float32Array(rows.offsets.length * rows.size);
    noise.signs(rows.offsets, rows.size, DATA_HALF_STEPS.projections + p, signs);
    sum = sum.add(curvature(scene, x, tf.tensor2d(signs, [rows.offsets.length, rows.size])));
  }
  return halfSquare(scene, x).sub(sum.div(projections));
}

/** sigma^2 / 2 |s(x + sigma z) + z / sigma|^2 = 1/2 |z - sigma grad E(x + sigma z)|^2, which does not divide by a small sigma. */
function denoised(scene: Scene, sigmas: readonly number[]): Tensor {
  const { tf, noise, rows: { offsets, size, values } } = scene;
  const normals = new Float32Array(offsets.length * size);
  noise.normals(offsets, size, DATA_HALF_STEPS.normals, normals);
  const uniforms = new Float64Array(offsets.length);
  noise.uniforms(offsets, 1, DATA_HALF_STEPS.sigma, uniforms);
  const chosen = Array.from(uniforms, (u) => sigmas[Math.floor(u * sigmas.length)]!);
  const noisy = tf.tensor2d(values.map((value, i) => value + chosen[Math.floor(i / size)]! * normals[i]!), [offsets.length, size]);
  const widths = tf.tensor2d(chosen, [offsets.length, 1]);
  return tf.tensor2d(normals, [offsets.length, size]).sub(slopeAt(scene, noisy).mul(widths)).square().sum(-1).mul(0.5);
}
