// A place where the roles of a cluster meet as real processes: a NATS server, a folder, and how each is started there.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ebm, ended, started, type Ended, type Line } from '../process/support.ts';
import { startNatsServer, type NatsServer } from './nats-server.ts';
import { Role } from './role.ts';

export type Bits = readonly [parameters: unknown, chains: unknown, ledger: unknown];
export const bitsOf = (line: Line | undefined): Bits => [line?.['parameters'], line?.['chains'], line?.['ledger']];

/** `--set` for each. */
export const sets = (...settings: readonly string[]): readonly string[] => settings.flatMap((each) => ['--set', each]);

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

  /** A folder that only the submitter looks into. */
  desk(): string {
    const made = join(this.folder, 'desk');
    mkdirSync(made);
    return made;
  }

  role(...words: readonly string[]): Role {
    const made = new Role([...words, ...this.nats], { cwd: this.folder });
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

/** `ebm train` of the job by itself in the folder, on one thread, into `direct`: what a cluster has to give too. */
export async function trainedDirectly(file: string, settings: readonly string[], folder: string): Promise<{ readonly end: Ended; readonly bits: Bits }> {
  const end = await ebm(['train', file, ...settings, '--threads', '1', '--out', 'direct', '--json'], { cwd: folder });
  const bits = bitsOf(end.lines.at(-1));
  assert.match(String(bits[0]), /^sha256:/, end.stderr);
  return { end, bits };
}

export async function dismiss(...roles: readonly Role[]): Promise<void> {
  for (const one of roles) await one.kill('SIGTERM');
}
