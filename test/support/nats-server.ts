// A real nats-server for a test: on a free loopback port, ready when it says so, gone with the test. Its program is named by
// EBM_NATS_SERVER, which `npm test` sets.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** A directory of the server's own, removed at the end. */
  readonly directory: string;
  /** SIGTERM, or another; resolves when the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** A signal that does not end it: SIGSTOP, SIGCONT. */
  send(signal: NodeJS.Signals): void;
  /** Starts it again on the same port, if need be after stopping it. */
  restart(): Promise<void>;
  /** Ends it for good and removes its directory. */
  close(): Promise<void>;
}

/** `configuration` is text of nats-server's configuration file, without the listening address. */
export async function startNatsServer(configuration = ''): Promise<NatsServer> {
  const program = process.env['EBM_NATS_SERVER'];
  assert.ok(program, 'EBM_NATS_SERVER must name a nats-server: run the tests with `npm test`, which finds or builds one');
  const directory = await mkdtemp(join(tmpdir(), 'ebm-nats-'));
  const file = join(directory, 'nats.conf');
  await writeFile(file, configuration);
  let running: ChildProcess | null = null;
  const orphaned = (): void => { running?.kill('SIGKILL'); };
  process.once('exit', orphaned);
  // The runner ends a file that takes too long with SIGTERM, after which there is no 'exit'.
  const terminated = (): void => { orphaned(); process.kill(process.pid, 'SIGTERM'); };
  process.once('SIGTERM', terminated);
  const start = async (port: number): Promise<number> => {
    const child = spawn(program, ['--config', file, '--addr', '127.0.0.1', '--port', String(port)], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
    running = child;
    return listening(child);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const child = running;
    running = null;
    if (child === null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const port = await start(-1);
  return {
    url: `nats://127.0.0.1:${port}`, port, directory, stop,
    send(signal) { running?.kill(signal); },
    async restart() {
      await stop();
      await start(port);
    },
    async close() {
      await stop('SIGKILL');
      process.off('exit', orphaned);
      process.off('SIGTERM', terminated);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The port on which the server says that it listens, once it says that it is ready. */
async function listening(child: ChildProcess): Promise<number> {
  assert.ok(child.stderr);
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  const port = await new Promise<number>((resolve, reject) => {
    let bound: number | null = null;
    lines.on('line', (line) => {
      said.push(line);
      const match = /Listening for client connections on .*:(\d+)/.exec(line);
      if (match !== null) bound = Number(match[1]);
      if (line.includes('Server is ready') && bound !== null) resolve(bound);
    });
    lines.on('close', () => { reject(new Error(`nats-server ended:\n${said.join('\n')}`)); });
    child.on('error', reject);
  });
  // What it says later is nobody's concern, but its pipe must not fill up.
  said.length = 0;
  lines.close();
  child.stderr.resume();
  return port;
}
