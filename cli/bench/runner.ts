// Runs a workload: alone, with one repetition to warm up and a summary at the end, or as a peer in turn with other programs
// (reference/peers/interleave.py). Wall time, this process's CPU time, and the cores that other work of the machine took meanwhile.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { BenchOptions, Workload } from './workload.ts';

const REPETITIONS = 5;
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

async function time(workload: Workload): Promise<Timing> {
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
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== 'go') break;
    const { seconds, cpuSeconds: cpu, otherCores } = await time(workload);
    console.log(`T ${seconds.toFixed(6)} ${cpu.toFixed(6)} ${otherCores.toFixed(3)}`);
  }
}

export async function runAlone(workload: Workload, options: BenchOptions): Promise<void> {
  await workload.repeat();
  const timings: Timing[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) timings.push(await time(workload));
  const { name, work, unit, configuration } = workload;
  const best = Math.min(...timings.map((timing) => timing.seconds));
  const median = medianOf(timings.map((timing) => timing.seconds));
  const cpu = Math.min(...timings.map((timing) => timing.cpuSeconds));
  const others = medianOf(timings.map((timing) => timing.otherCores));
  if (options.json) {
    console.log(JSON.stringify({
      kind: 'bench', name, configuration, threads: options.threads, unit, work, secondsBest: best, secondsMedian: median, cpuSecondsBest: cpu,
      rateBest: work / best, rateMedian: work / median, otherCores: others,
    }));
  } else {
    console.log(`${name}, threads ${options.threads}: ${configuration}`);
    console.log(`  best ${(work / best).toFixed(0)} ${unit}, median ${(work / median).toFixed(0)}; ${best.toFixed(3)} s, ${cpu.toFixed(3)} CPU s; other work took ${others.toFixed(2)} cores`);
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
