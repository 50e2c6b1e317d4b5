// Checks that need two fields of a job and nothing else. They look at the raw value, so that they are reported together with what
// the schema refuses. Checks that need the data are in compile.ts.
import { continuousFindings } from './continuous.ts';
import type { Finding } from './problems.ts';
import { shown, valueAt } from './values.ts';

const given = (root: unknown, path: string): boolean => valueAt(root, path) !== undefined && valueAt(root, path) !== null;

export function crossFindings(root: unknown): readonly Finding[] {
  return [...lengthFindings(root), ...chainFindings(root), ...binariseFindings(root), ...optimiserFindings(root), ...continuousFindings(root)];
}

function lengthFindings(root: unknown): readonly Finding[] {
  if (!given(root, 'train.epochs') || !given(root, 'train.updates')) return [];
  return [{
    path: 'train.updates', accepted: 'one of the two', nearest: null,
    message: `both updates (${shown(valueAt(root, 'train.updates'))}) and epochs (${shown(valueAt(root, 'train.epochs'))}) say how long the run is`,
  }];
}

function chainFindings(root: unknown): readonly Finding[] {
  if (valueAt(root, 'train.objective') !== 'cd' || !given(root, 'train.chains')) return [];
  return [{
    path: 'train.chains', accepted: 'no chains with objective cd, or objective pcd', nearest: null,
    message: `${shown(valueAt(root, 'train.chains'))} chains cannot persist with objective cd, where every row of the batch starts its own`,
  }];
}

function binariseFindings(root: unknown): readonly Finding[] {
  if (valueAt(root, 'data.binarise') !== 'none' || valueAt(root, 'model.kind') === 'energy' || valueAt(root, 'model.kind') === 'score') return [];
  return [{
    path: 'data.binarise', accepted: 'threshold, stochastic', nearest: null,
    message: 'none is for continuous models; a bernoulli-rbm computes with bits alone, 8-bit inputs have no exact definition yet',
  }];
}

// A field that does not apply may stand at its default: a compiled job, printed in full, is itself a job file.
const INAPPLICABLE = [
  { kind: 'adam', name: 'momentum', standing: 0, use: 'beta1' },
  { kind: 'sgd', name: 'beta1', standing: 0.9, use: 'momentum' },
  { kind: 'sgd', name: 'beta2', standing: 0.999, use: 'kind: adam' },
  { kind: 'sgd', name: 'epsilon', standing: 1e-8, use: 'kind: adam' },
] as const;

function optimiserFindings(root: unknown): readonly Finding[] {
  const kind = valueAt(root, 'train.optimiser.kind') ?? 'sgd';
  return INAPPLICABLE.flatMap((rule): readonly Finding[] => {
    const path = `train.optimiser.${rule.name}`;
    const value = valueAt(root, path);
    if (rule.kind !== kind || value === undefined || value === rule.standing) return [];
    return [{ path, message: `${shown(value)} does not apply to the ${rule.kind} optimiser`, accepted: `no ${rule.name}; use ${rule.use}`, nearest: null }];
  });
}
