// Runs a workload: alone, with one repetition to warm up and a summary at the end, or as a peer in turn with other programs
// (reference/peers/interleave.py). Wall time, this process's CPU time, and the cores that other work of the machine took meanwhile.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { throwIfStopped } from '../compose/work.ts';
import type { BenchOptions, Workload } from './workload.ts';

const REPETITIONS = 5;
/** Where workloads are compared: their ratio is smaller than the machine's noise. */
const PAIRS = 9;
/** Ticks of /proc/stat a second, on every Linux that Node runs on. */
const TICKS = 100;

interface Timing { readonly seconds: number; readonly cpuSeconds: number; readonly otherCores: number }

/** Seconds that all cores have been busy so far; 0 where the system does not say. */
function busySeconds(): number {
  try {
    const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.split(/\s+/);
    return (Number(fields[1]) + Number(fields[3])) / TICKS;
  } catch {
    return 0;
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function time(workload: Workload, signal: AbortSignal): Promise<Timing> {
  await setImmediate(); // else a signal would not be heard between repetitions that never wait
  throwIfStopped(signal);
  await workload.prepare?.();
  const busy = busySeconds();
  const cpu = cpuSeconds();
  const start = performance.now();
  await workload.repeat();
  const seconds = (performance.now() - start) / 1000;
  const own = cpuSeconds() - cpu;
  return { seconds, cpuSeconds: own, otherCores: Math.max(0, (busySeconds() - busy - own) / seconds) };
}

export async function runAsPeer(workload: Workload, options: BenchOptions): Promise<void> {
  await workload.repeat();
  const { name, work, unit, configuration } = workload;
  console.log(`READY ${JSON.stringify({ peer: name, threads: options.threads, work, unit, warm_s: 0, cfg: configuration })}`);
  // A signal also ends the waiting for the next line.
  for await (const line of createInterface({ input: process.stdin, signal: options.signal })) {
    if (line.trim() !== 'go') break;
    const { seconds, cpuSeconds: cpu, otherCores } = await time(workload, options.signal);
    console.log(`T ${seconds.toFixed(6)} ${cpu.toFixed(6)} ${otherCores.toFixed(3)}`);
  }
  throwIfStopped(options.signal);
}

/** Workloads in turn, one repetition each, so that the machine's drift falls on all alike; of one unit, each repetition beside the first workload's of the same round. */
export async function runAlone(workloads: readonly Workload[], options: BenchOptions): Promise<void> {
  const all: Timing[][] = workloads.map(() => []);
  const isCompared = workloads.length > 1 && workloads.every(({ unit }) => unit === workloads[0]!.unit);
  for (const workload of workloads) await time(workload, options.signal);
  for (let repetition = 0; repetition < (isCompared ? PAIRS : REPETITIONS); repetition += 1) {
    for (const [index, workload] of workloads.entries()) all[index]!.push(await time(workload, options.signal));
  }
  for (const [index, workload] of workloads.entries()) {
    const ratio = index === 0 || !isCompared ? null : medianOf(all[index]!.map(({ seconds }, round) => seconds / all[0]![round]!.seconds)) - 1;
    console.log(options.json ? JSON.stringify(record(workload, all[index]!, { threads: options.threads, ratio })) : sentence(workload, all[index]!, { threads: options.threads, ratio }));
  }
}

interface Beside { readonly threads: number; readonly ratio: number | null }

function record({ name, work, unit, configuration }: Workload, timings: readonly Timing[], { threads, ratio }: Beside): Readonly<Record<string, unknown>> {
  const { best, median, cpu, others } = summary(timings);
  return {
    kind: 'bench', name, configuration, threads, unit, work, secondsBest: best, secondsMedian: median, cpuSecondsBest: cpu,
    rateBest: work / best, rateMedian: work / median, otherCores: others, overhead: ratio,
  };
}

function sentence({ name, work, unit, configuration }: Workload, timings: readonly Timing[], { threads, ratio }: Beside): string {
  const { best, median, cpu, others } = summary(timings);
  const beside = ratio === null ? '' : `; ${(100 * ratio).toFixed(1)} % more time than the first (median of ${timings.length} rounds)`;
  return `${name}, threads ${threads}: ${configuration}\n`
    + `  best ${rateText(work / best)} ${unit}, median ${rateText(work / median)}; ${best.toFixed(3)} s, ${cpu.toFixed(3)} CPU s; other work took ${others.toFixed(2)} cores${beside}`;
}

function summary(timings: readonly Timing[]): { readonly best: number; readonly median: number; readonly cpu: number; readonly others: number } {
  return {
    best: Math.min(...timings.map((timing) => timing.seconds)), median: medianOf(timings.map((timing) => timing.seconds)),
    cpu: Math.min(...timings.map((timing) => timing.cpuSeconds)), others: medianOf(timings.map((timing) => timing.otherCores)),
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** Whole numbers, but of rates below 100 three digits. */
function rateText(rate: number): string {
  return rate < 100 ? rate.toPrecision(3) : rate.toFixed(0);
}
