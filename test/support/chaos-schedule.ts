// Faults as values: a schedule is a function of its seed. What it is applied to is chaos-cluster.ts.
import { seeded } from './seeded.ts';

export type Victim = 'leader' | 'standby' | 'worker' | 'server';

/** `cut`: its connections break and none can be made. `hold`: they stay, and nothing passes. */
export type Blow = 'kill' | 'terminate' | 'stop' | 'cut' | 'hold';

export interface Fault {
  /** Comes when a checkpoint of this update, or of a later one, has been written. */
  readonly at: number;
  readonly victim: Victim;
  /** Which of the workers, from 0; 0 for the others. */
  readonly which: number;
  readonly blow: Blow;
  /** Until it is started, continued or connected again. */
  readonly forMs: number;
}

export interface Plan {
  readonly faults: number;
  readonly workers: number;
  /** The schedule covers the first part of so many updates, with checkpoints at each multiple of `every`. */
  readonly updates: number;
  readonly every: number;
}

const BLOWS: Readonly<Record<Victim, readonly Blow[]>> = {
  leader: ['kill', 'terminate', 'stop', 'cut', 'hold'],
  standby: ['kill', 'terminate', 'stop', 'cut', 'hold'],
  worker: ['kill', 'terminate', 'stop', 'cut', 'hold'],
  server: ['kill', 'terminate', 'stop'],
};

const VICTIMS: readonly Victim[] = ['leader', 'leader', 'standby', 'worker', 'worker', 'worker', 'server'];

/** Leases of workers and leaders last 3 s or a little more, memberships 5 s: half of the silences are shorter, half longer. */
const SHORT_MS = { from: 100, to: 1_500 } as const;
const LONG_MS = { from: 4_000, to: 6_500 } as const;
/** The job must not end before its faults. */
const COVERED_SHARE = 0.85;

export function scheduleOf(seed: number, { faults, workers, updates, every }: Plan): readonly Fault[] {
  const random = seeded(seed);
  for (let i = 0; i < 8; i += 1) random(); // neighbouring seeds begin alike
  const pick = <Of>(from: readonly Of[]): Of => from[Math.floor(random() * from.length)]!;
  const length = ({ from, to }: typeof SHORT_MS | typeof LONG_MS): number => Math.round(from + random() * (to - from));
  return Array.from({ length: faults }, (_, i) => {
    const at = Math.max(1, Math.floor((COVERED_SHARE * updates * (i + random())) / (faults * every))) * every;
    const victim = pick(VICTIMS);
    const blow = pick(BLOWS[victim]);
    const isBrief = blow === 'kill' || blow === 'terminate' || victim === 'server' || random() < 0.5;
    return { at, victim, which: victim === 'worker' ? Math.floor(random() * workers) : 0, blow, forMs: length(isBrief ? SHORT_MS : LONG_MS) };
  });
}
