// STORE/up.json: the processes that `ebm up` runs in a store, each with what tells it from a later process of the same number, so that
// `ebm down` finds them even if `ebm up` itself was killed. Owns the file and what it says; whoever starts and ends processes is up.ts.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProcess, processes, realSystem, type ProcessIdentity, type ProcessState } from '../../platform/lease/processes.ts';
import { UsageError } from '../terminal/failure.ts';

const UP_NAME = 'up.json';
const FORMAT_VERSION = 1;
/** It ends last, for the others say goodbye through it. */
export const SERVER_NAME = 'nats-server';

export interface MarkedProcess { readonly name: string; readonly process: ProcessIdentity }

/** `owner` is `ebm up`, `crew` what it has started: by name, the newest of each. */
export interface Mark { readonly owner: ProcessIdentity; readonly crew: readonly MarkedProcess[] }

/** The mark of this process. It is on disk when a method returns, for whoever kills us does not wait. */
export class OwnMark {
  readonly #path: string;
  readonly #crew = new Map<string, ProcessIdentity>();

  constructor(store: string) {
    this.#path = join(store, UP_NAME);
    this.#write();
  }

  add(name: string, pid: number): void {
    this.#crew.set(name, identityOf(pid));
    this.#write();
  }

  #write(): void {
    const mark: Mark = { owner: processes().self(), crew: [...this.#crew].map(([name, process]) => ({ name, process })) };
    const temporary = `${this.#path}.tmp-${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify({ v: FORMAT_VERSION, ...mark })}\n`);
    renameSync(temporary, this.#path);
  }
}

export function removeMark(store: string): void {
  rmSync(join(store, UP_NAME), { force: true });
}

/** Null if there is none. Throws UsageError for a file that is no mark, or one of a newer program. */
export function readMark(store: string): Mark | null {
  const path = join(store, UP_NAME);
  const text = textOf(path);
  if (text === null) return null;
  const mark = parsed(text);
  if (typeof mark?.v === 'number' && mark.v > FORMAT_VERSION) throw new UsageError('newer-format', `${path} has format ${mark.v}, and this program reads up to ${FORMAT_VERSION}`, 'Use the ebm that wrote it.');
  if (mark === null || !isProcess(mark.owner) || !Array.isArray(mark.crew) || !mark.crew.every(isMarked)) {
    throw new UsageError('damaged-mark', `${path} does not say which processes run`, 'End those that still run (`ps`), and remove the file.');
  }
  return { owner: mark.owner, crew: mark.crew };
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

function parsed(text: string): { readonly v?: unknown; readonly owner?: unknown; readonly crew?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function isMarked(value: unknown): value is MarkedProcess {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string' && 'process' in value && isProcess(value.process);
}

/** As that process would say it of itself. */
function identityOf(pid: number): ProcessIdentity {
  const system = realSystem();
  const of = (path: string): string => path.replace('/proc/self/', `/proc/${pid}/`);
  return processes({ ...system, pid, read: (path) => system.read(of(path)), readLink: (path) => system.readLink(of(path)) }).self();
}

export function stateOf(process: ProcessIdentity): ProcessState {
  return processes().stateOf(process);
}

/** Alive, and certainly the very one: a system that does not tell when a process began is no ground for a signal. */
export function isCertainlyAlive(process: ProcessIdentity): boolean {
  return process.startTicks !== null && stateOf(process) === 'alive';
}
