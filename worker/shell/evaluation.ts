// Computing a unit on a session: from the wire's unit to the engine's call, and from its answer to the values of a result.
import { linearBetas } from '../../ebm/partition/temperatures.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { Contribution, Session } from '../../engine/engine.ts';
import type { AdvancedMessage, ContributionContent, Look, ResultMessage, SpanUnitMessage, UnitMessage, UpdateUnitMessage } from '../../proto/messages.ts';
import type { WorkerOptions } from './options.ts';

/** What a span's message says of its end. */
export type Advanced = Pick<AdvancedMessage, 'done' | 'divergence' | 'published' | 'states' | 'looks'>;

export type Computed =
  /** `lent`: what goes back to the session once it is delivered; null for factors, whose arrays are the caller's. */
  | { readonly kind: 'contribution'; readonly unit: UpdateUnitMessage; readonly content: ContributionContent; readonly states: Uint8Array; readonly lent: Contribution | null }
  | { readonly kind: 'span'; readonly unit: SpanUnitMessage; readonly advanced: Advanced }
  | { readonly kind: 'values'; readonly values: ResultMessage['values'] };

/** What a unit is computed on; a worker has it, and so has a command that measures a trained run. */
export interface Workbench extends Pick<WorkerOptions, 'shared' | 'visible' | 'rows'> { readonly session: Session }

export async function compute(options: Workbench, unit: UnitMessage, parameters: Parameters, states: Uint8Array): Promise<Computed> {
  const { session } = options;
  switch (unit.kind) {
    case 'update': {
      const { branch, update, data, chains, form } = unit;
      const work = { branch, update, version: parameters.version, data, chains };
      if (form === 'factors') {
        const { factors, chains: after } = await session.evaluateFactors(work, parameters, states);
        return { kind: 'contribution', unit, content: { kind: 'factors', factors }, states: after, lent: null };
      }
      const lent = await session.evaluate(work, parameters, states);
      const packed = options.shared ? null : await session.pack(lent);
      const content: ContributionContent = packed === null ? { kind: 'sums', sums: lent.sums } : { kind: 'packed', sums: packed };
      return { kind: 'contribution', unit, content, states: lent.chains, lent };
    }
    case 'span': return { kind: 'span', unit, advanced: await advance(session, unit, parameters) };
    case 'sample': {
      const { purpose, branch, word3, chains, steps, firstHalfStep, clamp } = unit;
      const result = await session.sample({ parameters, purpose, branch, word3, chains, states: unit.states, steps, firstHalfStep, clamp });
      return { kind: 'values', values: { kind: 'samples', ...result } };
    }
    case 'log-partition': {
      const { method, runs, betas, baseBias, starts } = unit;
      return numbers(await session.logPartition({ parameters, kind: method, runs, betas: linearBetas(betas), baseBias, starts }));
    }
    case 'evaluate': return numbers(await session.negativeFreeEnergies(parameters, rowsOf(options, unit)));
    case 'exact': return numbers(Float64Array.of(await session.exactLogPartition(parameters)));
  }
}

/** Updates and their steps in turn, as a coordinator and a worker would take them. */
async function advance(session: Session, { branch, update: first, data, chains, states: given, lookEvery, learningRates, lent, pause }: SpanUnitMessage, parameters: Parameters): Promise<Advanced> {
  const looks: Look[] = [];
  let [published, states]: [Parameters, Uint8Array] = [parameters, given];
  for (const [done, learningRate] of learningRates.entries()) {
    const update = first + done;
    const turn = pause();
    if (turn !== null) await turn;
    const contribution = await session.evaluate({ branch, update, version: published.version, data, chains }, published, states);
    const outcome = await session.apply(lent, contribution.sums, { update, branch, learningRate });
    session.release(contribution);
    if (outcome.kind === 'diverged') return { done, divergence: outcome, published: done === 0 ? null : published, states, looks };
    [published, states] = [outcome.published, contribution.chains];
    if ((update + 1) % lookEvery === 0) looks.push({ version: update + 1, states });
  }
  return { done: learningRates.length, divergence: null, published, states, looks };
}

function numbers(values: Float64Array): Computed {
  return { kind: 'values', values: { kind: 'numbers', numbers: values } };
}

function rowsOf({ rows, visible }: Workbench, { set, rows: range }: Extract<UnitMessage, { kind: 'evaluate' }>): Uint8Array {
  const bits = rows[set];
  const bytes = bytesOf(visible);
  if (bits === undefined || bits === null || bits.length < range.to * bytes) throw new RangeError(`this worker has no ${set} rows ${range.from}..${range.to}`);
  return bits.subarray(range.from * bytes, range.to * bytes);
}
