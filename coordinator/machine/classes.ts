// Device classes. A continuous model is computed in float32, so its bits hold within one class: all of a run is computed by workers of one, unless
// its job allows several. A Boltzmann machine has the same bits on all of them.
// D1: a run's class is that of the first contribution that counted, also of its lives before; until there is one, that of its members.
import { isContinuous, type AnyJob } from '../../ebm/job.ts';
import type { ComputedBy } from '../../proto/messages.ts';
import type { State } from './state.ts';

/** Classes that are told apart in a run that mixes them. */
const CLASSES_MAX = 16;

/** Why another class is refused: what computes the run, and what is here. */
export function otherClass(run: string, here: string): string {
  return `${run}, ${here}: a continuous model has the same bits within one device class only`;
}

/** Whether the job lets a run's bits depend on who computes it: then what differs is no mistake. */
export function mixesClasses(job: AnyJob): boolean {
  return isContinuous(job) && job.resources.mixedClasses;
}

/** Why a worker may not compute for the run, and what to do; null if it may. */
export function strangeness(state: State, worker: string, found: ComputedBy): string | null {
  const { settings: { job }, run, members } = state;
  if (!isContinuous(job) || mixesClasses(job)) return null;
  const known = run.computedBy[0] ?? members.find(({ key }) => key !== worker)?.fingerprint;
  if (known === undefined || isSameClass(known, found)) return null;
  return `${otherClass(`the run is computed by ${classText(known)}`, `this worker by ${classText(found)}`)}. `
    + 'Start workers of that class, or submit the job with resources.mixedClasses: true.';
}

/** With the class of a worker whose contribution counts. */
export function withClass({ settings: { job }, run: { computedBy } }: State, { version, deviceClass }: ComputedBy): readonly ComputedBy[] {
  const isKnown = !isContinuous(job) || computedBy.length >= CLASSES_MAX || computedBy.some((one) => isSameClass(one, { version, deviceClass }));
  return isKnown ? computedBy : [...computedBy, { version, deviceClass }];
}

export function isSameClass(a: ComputedBy, b: ComputedBy): boolean {
  return a.version === b.version && a.deviceClass === b.deviceClass;
}

export function classText({ version, deviceClass }: ComputedBy): string {
  return `${version} on ${deviceClass}`;
}

const TOLD_CHARACTERS = 1_000;

type Beside = Readonly<Record<string, unknown>>;

/** Of what stands beside a ledger line; older lines may say less. */
export function engineText({ engine, deviceClass }: Beside): string {
  return typeof deviceClass === 'string' ? classText({ version: String(engine), deviceClass }) : String(engine);
}

export function isSameEngine(a: Beside, b: Beside): boolean {
  return a['engine'] === undefined || b['engine'] === undefined || engineText(a) === engineText(b);
}

/** For people and ledger lines: engines and classes, each once; null where they do not matter. */
export function told(computedBy: readonly ComputedBy[]): { readonly engine: string; readonly deviceClass: string } | null {
  if (computedBy.length === 0) return null;
  const joined = (texts: readonly string[]): string => [...new Set(texts)].join(' + ').slice(0, TOLD_CHARACTERS);
  return { engine: joined(computedBy.map(({ version }) => version)), deviceClass: joined(computedBy.map(({ deviceClass }) => deviceClass)) };
}
