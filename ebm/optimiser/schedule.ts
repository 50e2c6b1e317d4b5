// Learning rates as a function of the update: warm-up, then constant, linear or geometric. Pure; the caller decides when a rate applies.
import type { OptimiserSettings } from '../job.ts';
import { exp, log } from '../numeric/elementary.ts';

/** A geometric schedule ends at this share of its peak. */
const GEOMETRIC_END = 0.01;

/** Where in a run a rate is asked for. */
export interface SchedulePoint {
  /** Number of the update, from 0. */
  readonly update: number;
  /** Updates of the whole run. */
  readonly updates: number;
  /** Factor from rollbacks: 1, 1/2, 1/4, ... */
  readonly rateScale: number;
}

/**
 * The rate of an update, a float32 value.
 * - Warm-up: update t < warmup has (t + 1) / (warmup + 1) of the peak, so no update has a rate of 0; update `warmup` is the first at the peak.
 * - constant: the peak from there on.
 * - linear: from the peak at update `warmup` in equal steps towards 0 at `updates`, one past the last update.
 * - geometric: from the peak by equal factors towards 1 % of it at `updates`.
 */
export function rateAt(settings: Pick<OptimiserSettings, 'learningRate' | 'schedule' | 'warmup'>, point: SchedulePoint): number {
  return Math.fround(settings.learningRate * point.rateScale * shareAt(settings, point));
}

function shareAt(settings: Pick<OptimiserSettings, 'schedule' | 'warmup'>, point: SchedulePoint): number {
  const { update, updates } = point;
  const { schedule, warmup } = settings;
  if (update < warmup) return (update + 1) / (warmup + 1);
  const progress = updates > warmup ? Math.min(1, (update - warmup) / (updates - warmup)) : 0;
  switch (schedule) {
    case 'constant': return 1;
    case 'linear': return 1 - progress;
    case 'geometric': return exp(progress * log(GEOMETRIC_END));
  }
}
