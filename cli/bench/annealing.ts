// `ebm bench ais`: annealed importance sampling of a random model, base rates of the data as its start, linear temperatures.
import { meanOf } from '../../ebm/rbm/binarise.ts';
import { baseBiases } from '../../ebm/partition/base.ts';
import { linearBetas } from '../../ebm/partition/temperatures.ts';
import { benchRows } from './rows.ts';
import { randomModel } from './training.ts';
import type { BenchOptions, Workload } from './workload.ts';

const GRID = 10;

export async function aisWorkload(options: BenchOptions): Promise<Workload> {
  const { runs, betas: temperatures, visible, hidden } = options;
  const model = await randomModel(options);
  const { session, parameters } = model;
  const baseBias = baseBiases(meanOf(await benchRows(visible)), GRID);
  const betas = linearBetas(temperatures);
  return {
    name: 'ebm-fleet AIS', unit: 'chain-temps/s', work: runs * temperatures, configuration: `${visible}x${hidden} ${runs} runs x ${temperatures} temps`,
    async repeat(): Promise<void> {
      await session.logPartition({ parameters, kind: 'ais', runs: { from: 0, to: runs }, betas, baseBias, starts: null });
    },
    close: () => model.close(),
  };
}
