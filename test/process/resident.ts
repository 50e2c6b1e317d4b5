// Resident memory of an `ebm train` at each of its checkpoints, and the check that it does not grow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { started } from './support.ts';

/** Collectors that get no time on a busy machine leave up to a sixth more. */
const GROWTH_MAX = 1.3;
const SAMPLES_MIN = 20;

interface Sample { readonly update: number; readonly residentKiB: number }

function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Runs `ebm train` with these arguments to its end, which must come after `updates`. */
export async function residentWhileTraining(args: readonly string[], options: { readonly cwd: string; readonly updates: number }): Promise<readonly Sample[]> {
  const child = started(['train', ...args, '--json'], { cwd: options.cwd });
  const samples: Sample[] = [];
  let updates = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as { readonly kind: string; readonly update?: number; readonly updates?: number };
    if (event.kind === 'finished') updates = event.updates ?? 0;
    else if (event.kind === 'checkpoint' && child.exitCode === null) samples.push({ update: event.update!, residentKiB: residentKiB(child.pid!) });
  }
  assert.equal(updates, options.updates);
  return samples;
}

/** After `settled` updates the last third of the samples has about as much as the first. */
export function assertFlat(samples: readonly Sample[], settled: number): void {
  const kept = samples.filter(({ update }) => update > settled);
  assert.ok(kept.length >= SAMPLES_MIN, `${kept.length} samples`);
  const third = Math.floor(kept.length / 3);
  const [early, late] = [kept.slice(0, third), kept.slice(-third)].map((part) => medianOf(part.map((sample) => sample.residentKiB)));
  const most = Math.max(...kept.map((sample) => sample.residentKiB));
  console.log(`resident memory: ${Math.round(early! / 1024)} MiB early, ${Math.round(late! / 1024)} MiB late, most ${Math.round(most / 1024)} MiB`);
  assert.ok(late! < GROWTH_MAX * early!, `${early} KiB, then ${late} KiB`);
}
