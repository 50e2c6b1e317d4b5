// The parts of a coordinator that depend on the family of the job's model.
import { isContinuous } from '../../ebm/job.ts';
import { BoltzmannPlane } from './boltzmann-plane.ts';
import { ContinuousDesk } from './continuous-figures.ts';
import { ContinuousPlane } from './continuous-plane.ts';
import type { DataPlane } from './data-plane.ts';
import { FigureDesk, type Desk } from './figures.ts';
import type { CoordinatorOptions } from './options.ts';
import type { Stages } from './stages.ts';

export function familyOf({ job, session, mover, data, shared, clock }: CoordinatorOptions, stages: Stages): { readonly plane: DataPlane; readonly desk: Desk } {
  if (isContinuous(job)) {
    if ('dataMean' in data) throw new TypeError('a continuous model needs its own figures');
    return { plane: new ContinuousPlane(job, mover), desk: new ContinuousDesk(job, data) };
  }
  if (session === null || !('dataMean' in data)) throw new TypeError('a Boltzmann machine needs a session and the means of its data');
  return {
    plane: new BoltzmannPlane({ job, session, dataMean: data.dataMean, test: data.test, shared, stages, nowMs: () => clock.nowMs() }),
    desk: new FigureDesk(job, data),
  };
}
