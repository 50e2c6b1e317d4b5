// Roles of a cluster as real processes: what they say line by line, and a place where they meet (a NATS server, a folder).
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ebm, ended, started, type Ended, type Line } from '../process/support.ts';
import { startNatsServer, type NatsServer } from './nats-server.ts';

export type Bits = readonly [parameters: unknown, chains: unknown, ledger: unknown];
export const bitsOf = (line: Line | undefined): Bits => [line?.['parameters'], line?.['chains'], line?.['ledger']];

/** `--set` for each. */
export const sets = (...settings: readonly string[]): readonly string[] => settings.flatMap((each) => ['--set', each]);

/** A process that stays, and the lines of JSON that it writes. */
export class Role {
  readonly child: ChildProcess;
  readonly end: Promise<number | string | null>;
  readonly #lines: Line[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(words: readonly string[], cwd: string) {
    this.child = started([...words, '--json'], { cwd });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.#lines.push(JSON.parse(line) as Line);
      this.#waiting.forEach((look) => { look(); });
    });
    this.child.stderr!.resume();
    this.end = new Promise((settle) => { this.child.on('close', (code, signal) => { settle(code ?? signal); }); });
  }

  /** When a line has been written that is wanted. */
  async says(isWanted: (line: Line) => boolean): Promise<void> {
    if (this.#lines.some(isWanted)) return;
    await new Promise<void>((settle, fail) => {
      const look = (): void => { if (this.#lines.some(isWanted)) { this.#waiting.delete(look); settle(); } };
      this.#waiting.add(look);
      void this.end.then((code) => { fail(new Error(`it ended with ${code} after ${JSON.stringify(this.#lines)}`)); });
    });
  }

  /** Lines that it has written so far. */
  get lines(): readonly Line[] { return this.#lines; }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<number | string | null> {
    this.child.kill(signal);
    return this.end;
  }
}

/** A NATS server, a folder for stores, and the processes that were started in it. */
export class Meeting {
  readonly server: NatsServer;
  readonly folder: string;
  readonly roles: Role[] = [];

  /** `configuration`: of its nats-server. */
  static async open(configuration = ''): Promise<Meeting> { return new Meeting(await startNatsServer(configuration), mkdtempSync(join(tmpdir(), 'ebm-cluster-'))); }

  private constructor(server: NatsServer, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  get nats(): readonly string[] { return ['--nats', this.server.url]; }

  role(...words: readonly string[]): Role {
    const made = new Role([...words, ...this.nats], this.folder);
    this.roles.push(made);
    return made;
  }

  /** When it leads. */
  async coordinator(store: string, ...words: readonly string[]): Promise<Role> {
    const made = this.role('coordinator', '--store', store, '--threads', '1', ...words);
    await made.says(({ kind }) => kind === 'leading');
    return made;
  }

  worker(name: string, ...words: readonly string[]): Role { return this.role('worker', '--name', name, '--threads', '1', ...words); }

  /** A command that ends by itself, with --json. */
  asks(...words: readonly string[]): Promise<Ended> { return ebm([...words, ...this.nats, '--json'], { cwd: this.folder }); }

  submits(file: string, ...words: readonly string[]): Promise<Ended> {
    return ended(started(['submit', file, ...words, ...this.nats, '--follow', '--json'], { cwd: this.folder }));
  }

  /** Ends whatever a test that failed left behind. */
  async clear(): Promise<void> {
    for (const role of this.roles.splice(0)) await role.kill();
  }

  async close(): Promise<void> {
    await this.clear();
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function dismiss(...roles: readonly Role[]): Promise<void> {
  for (const one of roles) await one.kill('SIGTERM');
}
