// What a cluster remembers, in its store: epochs of leaders, jobs as they were submitted, and how they ended. Each record is written once,
// by put-if-absent, so that of two coordinators one is told that it lost.
import type { Store } from '../../platform/store/store.ts';

const DIGITS = 8;

export interface Submitted { readonly id: string; readonly number: number; readonly spec: Readonly<Record<string, unknown>> }

const numbered = (number: number): string => String(number).padStart(DIGITS, '0');
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const valueOf = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

/** The next number of a log whose keys end in numbers, taken for these bytes. */
async function append(store: Store, prefix: string, record: (number: number) => unknown): Promise<number> {
  for (;;) {
    const last = (await store.list(prefix)).at(-1);
    const number = last === undefined ? 1 : Number(last.slice(prefix.length)) + 1;
    if ((await store.putIfAbsent(`${prefix}${numbered(number)}`, bytesOf(record(number)))).kind === 'created') return number;
  }
}

/** This leader's epoch: higher than any before, durable when the promise resolves. */
export function takeEpoch(store: Store, leader: string): Promise<number> {
  return append(store, 'epochs/', () => ({ leader, at: new Date().toISOString() }));
}

/** Whether another coordinator leads by now. */
export async function isDeposed(store: Store, epoch: number): Promise<boolean> {
  const last = (await store.list('epochs/')).at(-1);
  return last !== undefined && Number(last.slice('epochs/'.length)) > epoch;
}

export async function submit(store: Store, name: string, spec: Readonly<Record<string, unknown>>): Promise<Submitted> {
  const idOf = (number: number): string => `${name.replaceAll(/[^A-Za-z0-9_-]/g, '_')}-${number}`;
  const number = await append(store, 'jobs/', (each) => ({ id: idOf(each), number: each, spec }));
  return { id: idOf(number), number, spec };
}

/** All jobs, in order of submission. */
export async function submitted(store: Store): Promise<readonly Submitted[]> {
  const found: Submitted[] = [];
  for (const key of await store.list('jobs/')) found.push(valueOf((await store.get(key))!) as Submitted);
  return found;
}

export async function ended(store: Store, job: Submitted): Promise<Readonly<Record<string, unknown>> | null> {
  const bytes = await store.get(`ends/${numbered(job.number)}`);
  return bytes === null ? null : valueOf(bytes) as Readonly<Record<string, unknown>>;
}

/** How a job ended; the first word counts. */
export async function recordEnd(store: Store, job: Submitted, end: Readonly<Record<string, unknown>>): Promise<void> {
  await store.putIfAbsent(`ends/${numbered(job.number)}`, bytesOf(end));
}
