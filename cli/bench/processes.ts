// The processes of `ebm bench cluster`: a nats-server of its own, coordinator and workers, `ebm train` beside them; the lines that they write, and
// the CPU time that each has used. Owns them all: whatever happens, they end with the benchmark.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { serverEnvironment } from '../cluster/nats-server.ts';
import { UsageError } from '../terminal/failure.ts';

/** Ticks of /proc/PID/stat a second, on every Linux that Node runs on. */
const TICKS = 100;
const SAID_CHARACTERS_MAX = 4_000;

export type Line = Readonly<Record<string, unknown>> & { readonly kind: string };

/** Seconds of CPU that a process has used, all its threads together; 0 where the system does not say. */
export function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
}

/** A process, and what it says line by line. */
export class Process {
  readonly name: string;
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #said = '';
  #hear: (line: string) => void = () => undefined;

  constructor(name: string, program: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.name = name;
    this.#child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#said = `${this.#said}${line}\n`.slice(-SAID_CHARACTERS_MAX);
        this.#hear(line);
      });
    }
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => { resolve(error.message); });
      this.#child.on('close', (code, signal) => { resolve(String(code ?? signal)); });
    });
  }

  get cpuSeconds(): number { return this.#child.pid === undefined ? 0 : cpuSecondsOf(this.#child.pid); }

  /** Hands on every line from now on, until `take` gives something. Rejects when the process ends before, or the signal comes. */
  until<Result>(take: (line: string) => Result | null, signal: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const stop = (): void => { reject(signal.reason instanceof Error ? signal.reason : new Error('stopped')); };
      signal.addEventListener('abort', stop, { once: true });
      this.#hear = (line) => {
        try {
          const taken = take(line);
          if (taken === null) return;
          resolve(taken);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        signal.removeEventListener('abort', stop);
        this.#hear = () => undefined;
      };
      void this.ended.then((how) => { reject(new Error(`the ${this.name} of the benchmark ended with ${how}:\n${this.#said}`)); });
    });
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child.kill(signal);
    await this.ended;
  }
}

/** This program with other words. */
export function ebm(name: string, words: readonly string[]): Process {
  return new Process(name, process.execPath, [process.argv[1]!, ...words]);
}

export function parsed(line: string): Line | null {
  if (!line.startsWith('{')) return null;
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string' ? value as Line : null;
}

/** A nats-server on a free port of the loopback interface. */
export async function startServer(program: string | null, signal: AbortSignal): Promise<{ readonly server: Process; readonly url: string }> {
  if (program === null) {
    throw new UsageError('no-nats-server', 'there is no nats-server on this machine', 'Install it (https://nats.io/download), or name one in EBM_NATS_SERVER.');
  }
  const server = new Process('nats-server', program, ['--addr', '127.0.0.1', '--port', '-1'], serverEnvironment());
  let port: string | null = null;
  const url = await server.until((line) => {
    port = /Listening for client connections on .*:(\d+)/.exec(line)?.[1] ?? port;
    return port !== null && line.includes('Server is ready') ? `nats://127.0.0.1:${port}` : null;
  }, signal);
  return { server, url };
}
