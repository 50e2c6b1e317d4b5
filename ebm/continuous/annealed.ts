// Annealed Langevin (docs/adr/0011): a sampler run at one temperature after the other, from the hottest down to its own. A composition: what a step is
// stays the sampler's. x' = x - epsilon grad E + sqrt(2 epsilon T) z is a step of size epsilon T for E / T, so hot levels take longer steps by themselves.
import { exp, log } from '../numeric/elementary.ts';
import type { SamplerSettings } from './model.ts';

/** Steps [firstStep, firstStep + steps) of a walk, at one temperature. `sampler` is not annealed itself. */
export interface Stage { readonly sampler: SamplerSettings; readonly firstStep: number; readonly steps: number }

/**
 * A walk of so many steps in stages: one of a sampler that is not annealed. Level l of L has temperature T hottest^((L - 1 - l) / (L - 1)) and steps
 * [floor(l steps / L), floor((l + 1) steps / L)); levels without steps are left out.
 */
export function stagesOf({ annealing, ...sampler }: SamplerSettings, steps: number): readonly Stage[] {
  if (annealing === undefined || annealing === null) return [{ sampler, firstStep: 0, steps }];
  const { levels, hottest } = annealing;
  return Array.from({ length: levels }, (_, level): Stage => {
    const firstStep = Math.floor((level * steps) / levels);
    const share = levels === 1 ? 0 : (levels - 1 - level) / (levels - 1);
    const temperature = share === 0 ? sampler.temperature : sampler.temperature * exp(share * log(hottest));
    return { sampler: { ...sampler, temperature }, firstStep, steps: Math.floor(((level + 1) * steps) / levels) - firstStep };
  }).filter((stage) => stage.steps > 0);
}
