// Events a second of the coordinator's machines alone, on one thread: the machine of a run with fleets of several sizes, and the cluster's
// machine with many workers and jobs. What it does not measure: messages, sums, the optimiser and the disk, which are the shells' business.
// `of CPU`: events in a second of the process's CPU time, which other programs on the machine disturb less. Prints; writes nothing. Arguments: a part of the names of the cases to run, then events a repetition.
import { Fleet } from './fleet.ts';
import { Hellos } from './hellos.ts';

interface Case { readonly name: string; readonly open: () => { run(events: number): void; readonly events: number } }

const REPETITIONS = 5;
const EVENTS = 50_000;
const [only = '', events = String(EVENTS)] = process.argv.slice(2);

const CASES: readonly Case[] = [
  ...([0, 1] as const).flatMap((staleness) => [1, 2, 8, 100, 1_000, 4_000].map((workers): Case => (
    { name: `run, ${workers} workers, staleness ${staleness}`, open: () => new Fleet({ workers, staleness }) }))),
  ...[1_000, 4_000].flatMap((workers) => [1, 8, 100].map((jobs): Case => (
    { name: `cluster, ${workers} workers, ${jobs} jobs`, open: () => new Hellos({ workers, jobs }) }))),
];

interface Rates { readonly wall: number; readonly cpu: number }

function ratesOf(opened: ReturnType<Case['open']>, wanted: number): Rates {
  const before = opened.events;
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  opened.run(wanted);
  const { user, system } = process.cpuUsage(startedCpu);
  const done = opened.events - before;
  return { wall: (1000 * done) / (performance.now() - startedMs), cpu: (1e6 * done) / (user + system) };
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

const shown = (rate: number): string => Math.round(rate).toLocaleString('en').padStart(12);

for (const { name, open } of CASES) {
  if (!name.includes(only)) continue;
  const opened = open();
  const first = ratesOf(opened, Number(events)).wall; // warms the code up
  const rates = Array.from({ length: REPETITIONS }, () => ratesOf(opened, Number(events)));
  const walls = rates.map(({ wall }) => wall);
  const cpu = medianOf(rates.map((rate) => rate.cpu));
  process.stdout.write(`${name.padEnd(36)} events/s: median ${shown(medianOf(walls))}  least ${shown(Math.min(...walls))}  first ${shown(first)}  of CPU ${shown(cpu)}\n`);
}
