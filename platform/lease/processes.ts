// Who a process is, so that another one can tell later whether it still runs: process numbers are used again, so its start time and
// the machine's boot belong to the name. Reads /proc where there is one; elsewhere the number alone must do, and errs toward "alive".
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../store/files.ts';

export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Start of the process in clock ticks since boot. What a system does not tell is null, here and below. */
  readonly startTicks: number | null;
  readonly bootId: string | null;
  readonly machineId: string | null;
  /** Process numbers mean something within one namespace (container) only. */
  readonly pidNamespace: string | null;
}

/** For what was read from elsewhere. */
export function isProcess(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, host, startTicks, bootId, machineId, pidNamespace } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  const areWords = [bootId, machineId, pidNamespace].every((word) => word === null || typeof word === 'string');
  return Number.isSafeInteger(pid) && Number(pid) > 0 && typeof host === 'string' && (startTicks === null || Number.isSafeInteger(startTicks)) && areWords;
}

/** `unknown`: it ran on another machine or in another container, and nothing here can tell. */
export type ProcessState = 'alive' | 'dead' | 'unknown';

export interface Processes {
  self(): ProcessIdentity;
  stateOf(process: ProcessIdentity): ProcessState;
}

/** How the system is asked; null where it has no answer. */
export interface ProcessSystem {
  readonly pid: number;
  readonly host: string;
  read(path: string): string | null;
  readLink(path: string): string | null;
  /** False only if there is certainly no such process. */
  exists(pid: number): boolean;
}

function orNull<Result>(task: () => Result): Result | null {
  try {
    return task();
  } catch (error) {
    if (systemCode(error) === null) throw error;
    return null;
  }
}

export function realSystem(): ProcessSystem {
  return {
    pid: process.pid,
    host: hostname(),
    read: (path) => orNull(() => readFileSync(path, 'utf8')),
    readLink: (path) => orNull(() => readlinkSync(path)),
    exists: (pid) => {
      try {
        return process.kill(pid, 0);
      } catch (error) {
        return systemCode(error) !== 'ESRCH';
      }
    },
  };
}

/** State letter and start time from /proc/PID/stat, whose second field is a name in brackets that may hold anything. */
function parseStat(text: string | null): { readonly state: string; readonly startTicks: number } | null {
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[19]);
  return fields[0] === undefined || !Number.isSafeInteger(startTicks) ? null : { state: fields[0], startTicks };
}

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;

export function processes(system: ProcessSystem = realSystem()): Processes {
  const word = (path: string): string | null => system.read(path)?.trim() || null;
  const self: ProcessIdentity = {
    pid: system.pid,
    host: system.host,
    startTicks: parseStat(system.read('/proc/self/stat'))?.startTicks ?? null,
    bootId: word('/proc/sys/kernel/random/boot_id'),
    machineId: word('/etc/machine-id'),
    pidNamespace: system.readLink('/proc/self/ns/pid'),
  };
  return {
    self: () => self,
    stateOf(other) {
      if (other.host !== self.host || differ(other.machineId, self.machineId)) return 'unknown';
      if (differ(other.bootId, self.bootId)) return 'dead';
      if (differ(other.pidNamespace, self.pidNamespace)) return 'unknown';
      if (!system.exists(other.pid)) return 'dead';
      const now = parseStat(system.read(`/proc/${other.pid}/stat`));
      if (now === null) return 'alive';
      // Z and X: it has ended, and its parent has not asked for its exit code yet.
      if (now.state === 'Z' || now.state === 'X') return 'dead';
      return other.startTicks !== null && now.startTicks !== other.startTicks ? 'dead' : 'alive';
    },
  };
}
