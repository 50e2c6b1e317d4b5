// A run that dies and is taken up again: the run directory on a simulated disk, and fleets of which each is another process. A process
// dies just after one of its operations (on the disk, or a message), and no code of it has any effect from there on.
import type { CompiledJob } from '../../ebm/job.ts';
import type { RunEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { createRunDirectory, openRunDirectory, type OpenRun, type RunSystem } from '../../platform/journal/run-directory.ts';
import { JOB_NAME } from '../../platform/journal/job-document.ts';
import type { Processes } from '../../platform/lease/processes.ts';
import type { Files } from '../../platform/store/files.ts';
import type { SimulatedDisk } from '../support/disk.ts';
import { Crash, Faults, withFaults, type Fault, type Instant } from '../support/faults.ts';
import { bitsOf, Crew, turn, type Bits, type FleetOptions } from './fleet.ts';

const DIRECTORY = 'runs/one';

/** Where a process dies: after so many operations of a kind. With `fails`, that operation throws this system code instead. */
export interface Death { readonly of: Instant; readonly at: number; readonly fails?: string }

function faultOf({ of, at, fails }: Death): Fault {
  return { of, at, effect: fails === undefined ? { kind: 'crash' } : { kind: 'fail', code: fails } };
}

/** Faults of files, and of messages, which pass at once. */
export class Fate extends Faults {
  readonly #death: Death | null;
  #messages = 0;
  #dead = false;

  constructor(death: Death | null) {
    super(...(death === null || death.of === 'message' ? [] : [faultOf(death)]));
    this.#death = death;
  }

  override get crashed(): boolean { return this.#dead || super.crashed; }

  override count(of?: Instant): number { return of === 'message' ? this.#messages : super.count(of); }

  override alive(): void {
    if (this.#dead) throw new Crash();
    super.alive();
  }

  /** Whether the message goes out. The process may die of it, just afterwards. */
  message(): boolean {
    if (this.crashed) return false;
    this.#messages += 1;
    if (this.#death?.of === 'message' && this.#death.at === this.#messages) this.#dead = true;
    return true;
  }
}

/** Each process of the test is another one, and those before it are dead. */
function systemOf(files: Files, pid: number): RunSystem {
  const processes: Processes = {
    self: () => ({ pid, host: 'anna', startTicks: pid, bootId: null, machineId: null, pidNamespace: null }),
    stateOf: (other) => other.pid === pid ? 'alive' : 'dead',
  };
  return { files, processes, nowMs: () => 0 };
}

async function openRun(job: CompiledJob, files: Files, pid: number): Promise<OpenRun> {
  const system = systemOf(files, pid);
  const isRun = await files.describe(`${DIRECTORY}/${JOB_NAME}`).catch(() => null) !== null;
  return isRun ? openRunDirectory(DIRECTORY, system) : createRunDirectory(DIRECTORY, { job, digest: jobDigest(job) }, system);
}

export type Life =
  | { readonly kind: 'ended'; readonly outcome: RunOutcome; readonly bits: Bits | null; readonly events: readonly RunEvent[]; readonly warnings: readonly string[] }
  | { readonly kind: 'crashed'; readonly events: readonly RunEvent[] };

/** One process: opens the run, goes on from its newest checkpoint, and comes to an end or dies. */
export async function live(job: CompiledJob, disk: SimulatedDisk, fate: Fate, options: Omit<FleetOptions, 'journal' | 'start'> & { readonly epoch: number }): Promise<Life> {
  const events: RunEvent[] = [];
  try {
    const run = await openRun(job, withFaults(disk.files(), fate, (path) => { disk.forget(path); }), options.epoch);
    const restored = await run.journal.restore();
    const crew = new Crew(job, {
      ...options, journal: run.journal, start: restored.kind === 'restored' ? restored.snapshot : null,
      onMessage: () => fate.message(), onEvent: (event, coordinator) => { events.push(event); options.onEvent?.(event, coordinator); },
    });
    const outcome = await ending(crew, fate);
    if (outcome === null) {
      await crew.abandon();
      return { kind: 'crashed', events };
    }
    await crew.end();
    const bits = outcome.kind === 'finished' ? await bitsOf({ outcome, journal: run.journal }) : null;
    await run.journal.close();
    return { kind: 'ended', outcome, bits, events, warnings: [...run.warnings, ...restored.warnings] };
  } catch (error) {
    if (fate.crashed) return { kind: 'crashed', events };
    throw error;
  }
}

/** The outcome, or null if the process died before it. What hangs is an error. */
async function ending(crew: Crew, fate: Fate): Promise<RunOutcome | null> {
  let ended: RunOutcome | null = null;
  void (await crew.start()).outcome.then((outcome) => { ended = outcome; });
  for (let turns = 0; turns < 1_000_000; turns += 1) {
    await turn();
    if (fate.crashed) return null;
    if (ended !== null) return ended;
  }
  throw new Error('the run hangs');
}
