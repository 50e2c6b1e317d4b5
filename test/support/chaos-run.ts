// A job on a cluster while a schedule of faults is applied to it: it must finish with the bits of `ebm train`, and everybody must leave with 0.
import assert from 'node:assert/strict';
import { ended, started, type Ended } from '../process/support.ts';
import { ChaosCluster } from './chaos-cluster.ts';
import { scheduleOf, type Fault, type Plan } from './chaos-schedule.ts';
import { bitsOf, type Bits } from './roles.ts';

/** No job takes so long, whatever happens to it and however busy the machine is: then it hangs. */
const HANGS_MS = 400_000;

export interface ChaosJob extends Plan {
  readonly file: string;
  readonly settings: readonly string[];
  /** Of `ebm train`. */
  readonly expected: Bits;
}

export interface ChaosOutcome {
  readonly applied: readonly Fault[];
  /** Takeovers: leaders after the first. */
  readonly takeovers: number;
  readonly seconds: number;
}

/** Tells when a checkpoint of an update or a later one has been written by whoever leads. */
class Progress {
  #reached = 0;
  #isOver = false;
  readonly #waiting = new Set<() => void>();

  note(update: number): void { this.#reached = Math.max(this.#reached, update); this.#look(); }
  over(): void { this.#isOver = true; this.#look(); }
  #look(): void { this.#waiting.forEach((look) => { look(); }); }

  /** False if the job ended before. */
  async at(update: number): Promise<boolean> {
    await new Promise<void>((settle) => {
      const look = (): void => {
        if (this.#reached < update && !this.#isOver) return;
        this.#waiting.delete(look);
        settle();
      };
      this.#waiting.add(look);
      look();
    });
    return !this.#isOver;
  }
}

/** Throws with seed, schedule, history and what everybody said if anything is not as it must be. */
export async function chaos(seed: number, job: ChaosJob, folder: string): Promise<ChaosOutcome> {
  const schedule = scheduleOf(seed, job);
  const startedMs = performance.now();
  const progress = new Progress();
  let leaders = 0;
  const cluster = await ChaosCluster.open({ folder, store: `store-${seed}`, workers: job.workers, onLine: (_, line) => {
    if (line.kind === 'checkpoint') progress.note(Number(line['update']));
    if (line.kind === 'leading') leaders += 1;
  } });
  const submitting = started(['submit', job.file, ...job.settings, '--nats', cluster.server.url, '--follow', '--json'], { cwd: folder });
  const hanging = new AbortController();
  try {
    const end = await Promise.race([worked(cluster, ended(submitting), { schedule, progress }), cluster.broken, hangs(hanging.signal)]);
    assert.deepEqual(bitsOf(end.result.lines.at(-1)), job.expected, end.result.stderr);
    const codes = await Promise.race([cluster.dismiss(), hangs(hanging.signal)]);
    assert.deepEqual(new Set(Object.values(codes)), new Set([0]), JSON.stringify(codes));
    return { applied: end.applied, takeovers: leaders - 1, seconds: (performance.now() - startedMs) / 1_000 };
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\nschedule: ${JSON.stringify(schedule)}\n${cluster.done.join('\n')}\n${cluster.told()}`, { cause: error });
  } finally {
    hanging.abort();
    submitting.kill('SIGKILL');
    await cluster.close();
  }
}

interface Going { readonly schedule: readonly Fault[]; readonly progress: Progress }

async function worked(cluster: ChaosCluster, following: Promise<Ended>, { schedule, progress }: Going): Promise<{ readonly result: Ended; readonly applied: readonly Fault[] }> {
  const over = following.then((result) => { progress.over(); return result; });
  const applied: Fault[] = [];
  const effects: Promise<unknown>[] = [];
  for (const fault of schedule) {
    if (!await progress.at(fault.at)) break;
    effects.push(cluster.apply(fault).then((isApplied) => { if (isApplied) applied.push(fault); }));
  }
  await Promise.all(effects);
  return { result: await over, applied };
}

function hangs(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => { reject(new Error(`it hangs: no end after ${HANGS_MS} ms`)); }, HANGS_MS);
    signal.addEventListener('abort', () => { clearTimeout(timer); }, { once: true });
  });
}
