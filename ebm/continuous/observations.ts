// What is observed of an update of a continuous model, by name and in the order of its sums: every engine gives them so, and the coordinator reads them.
import type { ObjectiveSettings } from './model.ts';

/** Sums over rows: energies and losses in nats, `accepted` transitions (all of them for ula), `restarts` of chains. */
export function observationNames(objective: ObjectiveSettings): readonly string[] {
  switch (objective.kind) {
    case 'pcd': case 'cd': return ['dataEnergy', 'modelEnergy', 'accepted', 'restarts'];
    case 'nce': return ['loss', 'dataEnergy', 'noiseEnergy'];
    case 'noise-conditional': return ['loss'];
    case 'explicit': case 'denoising': case 'sliced': return ['loss', 'dataEnergy'];
  }
}

/** Calls a microbatch of every kind makes on the exact sums: data and model rows of the contrastive loss are added apart. */
export function additionsOf(objective: ObjectiveSettings): 1 | 2 {
  return objective.kind === 'pcd' || objective.kind === 'cd' ? 2 : 1;
}
