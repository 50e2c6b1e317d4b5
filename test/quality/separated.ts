// Eight Gaussians so narrow and so far apart that between them there is nothing: where score matching cannot see how much each weighs (docs/energies.md).
// Rows are those of the built-in set, moved and shrunk; here as text of a .csv file, with the density they are drawn from.
import { planarRows, EIGHT_GAUSSIANS, modeCentre } from '../../ebm/continuous/datasets.ts';
import { modeOf } from '../../ebm/continuous/densities.ts';
import { log, logSumExp } from '../../ebm/numeric/elementary.ts';
import type { PlanarTruth } from './planar.ts';

const DEVIATION = 0.1;
const RADIUS = 2;
const ROWS = 10_000;
const SCALE = RADIUS / EIGHT_GAUSSIANS.radius;
const LOG_TWO_PI = 1.8378770664093453;

const modes = modeOf('eight-gaussians');

export function separatedCsv(): string {
  const rows = planarRows('eight-gaussians', { from: 0, to: ROWS });
  return Array.from({ length: ROWS }, (_, row) => {
    const at = [rows[2 * row]!, rows[2 * row + 1]!] as const;
    const centre = modeCentre(modes.at(...at));
    return centre.map((middle, axis) => SCALE * middle + (DEVIATION / EIGHT_GAUSSIANS.deviation) * (at[axis]! - middle)).join(',');
  }).join('\n');
}

export const SEPARATED: PlanarTruth = {
  name: `eight Gaussians, deviation ${DEVIATION}, radius ${RADIUS}`,
  modes: { modes: modes.modes, at: (x, y) => modes.at(x / SCALE, y / SCALE) },
  density(x, y) {
    const terms = Array.from({ length: modes.modes }, (_, mode) => {
      const [a, b] = modeCentre(mode);
      return -0.5 * ((x - SCALE * a) ** 2 + (y - SCALE * b) ** 2) / DEVIATION ** 2;
    });
    return logSumExp(Float64Array.from(terms)) - log(modes.modes) - LOG_TWO_PI - 2 * log(DEVIATION);
  },
};
