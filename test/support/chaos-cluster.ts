// A cluster of real processes that things happen to: two coordinators on one store, workers, and nats-server, each process behind a link of its
// own. Owns all of them: they end with the test, stopped ones too.
import { setTimeout as elapsed } from 'node:timers/promises';
import type { Line } from '../process/support.ts';
import { openLink, type Link } from './chaos-link.ts';
import type { Fault } from './chaos-schedule.ts';
import { startNatsServer, type NatsServer } from './nats-server.ts';
import { Role } from './role.ts';

const TAIL_CHARACTERS = 2_000;
const LINE_CHARACTERS = 300;
/** A role that found no server ends with this; whoever keeps it starts it again, as `ebm up` does. */
const UNREACHABLE = 3;
const AGAIN_MS = 500;

export interface Place {
  /** Processes start here; the store and the cache of data are in it. */
  readonly folder: string;
  readonly store: string;
  readonly workers: number;
  readonly onLine?: (from: string, line: Line) => void;
}

type OnEnd = (name: string, code: number | string | null) => void;

/** A process under a name, and those that had the name before it. */
class Member {
  readonly name: string;
  readonly link: Link;
  /** A fault is at work on it. */
  isStruck = false;
  again: NodeJS.Timeout | undefined;
  #role: Role | null = null;
  #said = '';
  readonly #words: readonly string[];
  readonly #place: Place;
  readonly #onEnd: OnEnd;

  constructor(name: string, words: readonly string[], { link, place, onEnd }: { readonly link: Link; readonly place: Place; readonly onEnd: OnEnd }) {
    this.name = name;
    this.link = link;
    this.#words = words;
    this.#place = place;
    this.#onEnd = onEnd;
  }

  get role(): Role {
    if (this.#role === null) throw new Error(`${this.name} has not been started`);
    return this.#role;
  }

  /** Tail of what it and those before it wrote to stderr. */
  get said(): string { return `${this.#said}${this.#role?.stderr ?? ''}`.slice(-TAIL_CHARACTERS); }

  start(): Role {
    this.#said = this.said;
    const role = new Role([...this.#words, '--nats', `nats://127.0.0.1:${this.link.port}`], { cwd: this.#place.folder }, (line) => { this.#place.onLine?.(this.name, line); });
    this.#role = role;
    void role.end.then((code) => { this.#onEnd(this.name, code); });
    return role;
  }

  /** When the process that has the name by then has reached the server. */
  async isThere(): Promise<void> {
    for (;;) {
      const { role } = this;
      if (await Promise.race([role.says(({ kind }) => kind === 'listening').then(() => true), role.end.then(() => false)])) return;
      await elapsed(AGAIN_MS);
    }
  }

  /** Also of one that is stopped. */
  async kill(): Promise<void> {
    clearTimeout(this.again);
    await this.#role?.kill();
  }
}

export class ChaosCluster {
  readonly server: NatsServer;
  readonly members: ReadonlyMap<string, Member>;
  /** What was done to whom, in order. */
  readonly done: string[] = [];
  readonly #events: string[] = [];
  readonly #startedMs = performance.now();
  #isServerStruck = false;
  #isClosing = false;
  readonly #fail: (error: Error) => void;
  /** Rejects when a process ends that nobody ended. */
  readonly broken: Promise<never>;
  #leader = '';

  /** Everything is there: one coordinator leads, the other stands by, workers have been started. */
  static async open(place: Place): Promise<ChaosCluster> {
    const server = await startNatsServer();
    const names = ['c1', 'c2', ...Array.from({ length: place.workers }, (_, i) => `w${i + 1}`)];
    const links = new Map<string, Link>();
    for (const name of names) links.set(name, await openLink(server.port));
    const cluster = new ChaosCluster(server, links, place);
    try {
      for (const [name, kind] of [['c1', 'leading'], ['c2', 'standby']] as const) await cluster.member(name).start().says((line) => line.kind === kind);
      for (const name of names.slice(2)) cluster.member(name).start();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  private constructor(server: NatsServer, links: ReadonlyMap<string, Link>, place: Place) {
    this.server = server;
    let fail: (error: Error) => void = () => undefined;
    this.broken = new Promise<never>((_, reject) => { fail = reject; });
    this.broken.catch(() => undefined); // whoever races it hears of it
    this.#fail = fail;
    let highest = 0;
    const heard: Place = {
      ...place,
      onLine: (from, line) => {
        if (line.kind === 'leading' && Number(line['epoch']) > highest) {
          highest = Number(line['epoch']);
          this.#leader = from;
        }
        if (line.kind !== 'checkpoint') this.#events.push(`${this.#nowMs()} ms: ${from} ${JSON.stringify(line).slice(0, LINE_CHARACTERS)}`);
        place.onLine?.(from, line);
      },
    };
    const onEnd: OnEnd = (name, code) => {
      const member = this.member(name);
      if (code === UNREACHABLE && !this.#isClosing) {
        this.#note(`${name} found no server`);
        member.again = setTimeout(() => { member.start(); }, AGAIN_MS);
        return;
      }
      if (this.#isClosing || member.isStruck) return;
      this.#fail(new Error(`${name} ended with ${code}, and nobody had ended it`));
    };
    const common = ['--threads', '1', '--listen', '0'];
    this.members = new Map([...links].map(([name, link]) => [name, new Member(
      name, name.startsWith('c') ? ['coordinator', '--store', place.store, ...common] : ['worker', '--name', name, ...common], { link, place: heard, onEnd })]));
    process.once('exit', this.#orphaned);
    process.once('SIGTERM', this.#orphaned);
  }

  member(name: string): Member {
    const found = this.members.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  /** The coordinator that led last. */
  get leader(): string { return this.#leader; }

  /** Strikes, and resolves when its effect has been taken back. False if its victim is under another one. */
  async apply(fault: Fault): Promise<boolean> {
    return fault.victim === 'server' ? this.#strikeServer(fault) : this.#strike(this.member(this.#nameOf(fault)), fault);
  }

  #nameOf({ victim, which }: Fault): string {
    if (victim === 'worker') return `w${which + 1}`;
    return (victim === 'leader') === (this.#leader === 'c1') ? 'c1' : 'c2';
  }

  #nowMs(): number { return Math.round(performance.now() - this.#startedMs); }

  #note(what: string): void { this.done.push(`${this.#nowMs()} ms: ${what}`); }

  async #strike(member: Member, { blow, forMs, victim }: Fault): Promise<boolean> {
    const { name, role: { child }, link } = member;
    if (member.isStruck) { this.#note(`${name} is struck already: no ${blow}`); return false; }
    member.isStruck = true;
    this.#note(`${blow} ${name} (${victim}) for ${forMs} ms`);
    switch (blow) {
      case 'kill': await member.role.kill('SIGKILL'); break;
      case 'terminate': {
        const code = await member.role.kill('SIGTERM');
        if (code !== 0 && code !== UNREACHABLE) this.#fail(new Error(`${name} left with ${code} when it was told to`));
        break;
      }
      case 'stop': child.kill('SIGSTOP'); break;
      case 'cut': link.cut(); break;
      case 'hold': link.hold(); break;
    }
    await elapsed(forMs);
    if (this.#isClosing) return true;
    switch (blow) {
      case 'kill': case 'terminate':
        member.start();
        await member.isThere();
        break;
      case 'stop': child.kill('SIGCONT'); break;
      case 'cut': case 'hold': link.heal(); break;
    }
    member.isStruck = false;
    this.#note(`${name} is back`);
    return true;
  }

  async #strikeServer({ blow, forMs }: Fault): Promise<boolean> {
    if (this.#isServerStruck) { this.#note(`the server is struck already: no ${blow}`); return false; }
    this.#isServerStruck = true;
    this.#note(`${blow} the server for ${forMs} ms`);
    if (blow === 'stop') this.server.send('SIGSTOP');
    else await this.server.stop(blow === 'kill' ? 'SIGKILL' : 'SIGTERM');
    await elapsed(forMs);
    if (this.#isClosing) return true;
    if (blow === 'stop') this.server.send('SIGCONT');
    else await this.server.restart();
    this.#isServerStruck = false;
    this.#note('the server is back');
    return true;
  }

  /** SIGTERM to all; their exit codes by name. No fault may be at work. */
  async dismiss(): Promise<Readonly<Record<string, number | string | null>>> {
    this.#isClosing = true;
    const codes: Record<string, number | string | null> = {};
    for (const [name, member] of [...this.members].reverse()) codes[name] = await member.role.kill('SIGTERM');
    return codes;
  }

  /** What everybody said, for a test that failed; checkpoints are too many. */
  told(): string {
    return [...this.members].map(([name, member]) => `--- ${name}\n${member.said}`).concat('--- events', this.#events).join('\n');
  }

  /** Without waiting: this process ends. The runner ends a file that takes too long with SIGTERM, after which there is no 'exit'. */
  readonly #orphaned = (): void => { for (const member of this.members.values()) void member.kill(); };

  /** Ends everything, whatever state it is in. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const member of this.members.values()) await member.kill();
    for (const { link } of this.members.values()) await link.close();
    await this.server.close();
    process.off('exit', this.#orphaned);
    process.off('SIGTERM', this.#orphaned);
  }
}
