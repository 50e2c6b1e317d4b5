// Resident memory over 100,000 updates of a small model, with a ledger, checkpoints and figures under way: it does not grow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { folder, set, started } from './support.ts';

const UPDATES = 100_000;
/** Compilers and collectors have settled by then. */
const SETTLED = 25_000;
/** Collectors that get no time on a busy machine leave up to a sixth more; a leak of 1 KB an update would be half as much again. */
const GROWTH_MAX = 1.3;
const SAMPLES_MIN = 20;

const here = folder();
after(() => { here.remove(); });

function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

test(`resident memory of ebm train is the same after ${SETTLED} and after ${UPDATES} updates`, async () => {
  const settings = set(`train.updates=${UPDATES}`, 'evaluate.every=5000', 'checkpoint.every=1000', 'ledger.every=100');
  const child = started(['train', 'job.yaml', '--json', '--threads', '2', ...settings], { cwd: here.path });
  const samples: { readonly update: number; readonly residentKiB: number }[] = [];
  let updates = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as { readonly kind: string; readonly update?: number; readonly updates?: number };
    if (event.kind === 'finished') updates = event.updates ?? 0;
    else if (event.kind === 'checkpoint' && child.exitCode === null) samples.push({ update: event.update!, residentKiB: residentKiB(child.pid!) });
  }
  assert.equal(updates, UPDATES);
  const settled = samples.filter(({ update }) => update > SETTLED);
  assert.ok(settled.length >= SAMPLES_MIN, `${settled.length} samples`);
  const third = Math.floor(settled.length / 3);
  const [early, late] = [settled.slice(0, third), settled.slice(-third)].map((part) => medianOf(part.map((sample) => sample.residentKiB)));
  console.log(`resident memory: ${Math.round(early! / 1024)} MiB early, ${Math.round(late! / 1024)} MiB late, most ${Math.round(Math.max(...samples.map((sample) => sample.residentKiB)) / 1024)} MiB`);
  assert.ok(late! < GROWTH_MAX * early!, `${early} KiB, then ${late} KiB`);
});
