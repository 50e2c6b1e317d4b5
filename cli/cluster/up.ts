// `ebm up` and `ebm down`: a cluster on this machine. `up` stays: it starts a NATS server where none answers, a coordinator and workers as
// processes, starts again whatever of them dies, and drains all of them when it is told to stop. `down` tells it. Owns the processes and
// STORE/up.json, which names the one that owns them.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { DownOptions, UpOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { connectCluster } from './connect.ts';
import { coordinatorAnswers } from './jobs.ts';
import { connectionFlags } from './login.ts';
import { pause } from './pause.ts';

/** Time before what died is started again. */
const AGAIN_MS = 1_000;
const LOOK_MS = 100;
const UP_NAME = 'up.json';

export async function up(options: UpOptions, output: Output): Promise<ExitCode> {
  const { store, signal, nats, workers, threads } = options;
  await mkdir(store, { recursive: true });
  const mark = join(store, UP_NAME);
  const other = await ownerOf(mark);
  if (other !== null) throw new UsageError('already-up', `a cluster is up in ${store}, owned by process ${other}`, `Stop it with \`ebm down --store ${store}\`, or choose another --store.`);
  const server = await startServer(options, output);
  const flags = [...connectionFlags(options), ...(threads === null ? [] : ['--threads', String(threads)])];
  const crew = [
    keep('coordinator', ['coordinator', '--store', store, ...flags], options, output),
    ...Array.from({ length: workers }, (_, i) => keep(`worker ${i + 1}`, ['worker', '--name', `local-${process.pid}-${i + 1}`, ...flags], options, output)),
  ];
  await writeFile(mark, `${JSON.stringify({ pid: process.pid, nats })}\n`);
  const silent: Output = { ...output, note: () => undefined };
  await coordinatorAnswers(options, silent);
  output.result({ kind: 'up', store, nats, workers }, `up: ${nats}, jobs in ${store}, ${workers} ${workers === 1 ? 'worker' : 'workers'}; \`ebm submit FILE --nats ${nats}\` gives it work, \`ebm down --store ${store}\` ends it`);
  await Promise.all(crew);
  if (server !== null) await ended(server, 'SIGTERM');
  await rm(mark, { force: true });
  output.result({ kind: 'down', store }, `down: ${signal.aborted ? 'all have left' : 'ended'}`);
  return 0;
}

/** Runs a role until the signal; when it dies before, again. */
async function keep(name: string, words: readonly string[], { signal }: UpOptions, output: Output): Promise<void> {
  while (!signal.aborted) {
    const child = spawn(process.execPath, [process.argv[1]!, ...words], { stdio: ['ignore', 'ignore', 'inherit'], detached: true }); // of its own group: Ctrl-C is told once
    const stop = (): void => { child.kill('SIGTERM'); };
    signal.addEventListener('abort', stop, { once: true });
    const code = await new Promise<number | string | null>((resolve) => { child.on('close', (status, by) => { resolve(status ?? by); }); });
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return;
    output.warn(`the ${name} ended with ${code}: starting it again`);
    await pause(AGAIN_MS, signal);
  }
}

/** Null if a server answers already. */
async function startServer(options: UpOptions, output: Output): Promise<ChildProcess | null> {
  const { nats } = options;
  if (await reaches(options, output)) return null;
  if (!/^(nats:\/\/)?[^,]+$/.test(nats) || nats.startsWith('tls://')) {
    throw new UsageError('no-nats-server', `nothing answers at ${nats}, and a server with TLS, or one of several, is not started here`, 'Start it yourself (deploy/nats/README.md), or give --nats nats://127.0.0.1:PORT.');
  }
  const { hostname, port } = new URL(nats.includes('://') ? nats : `nats://${nats}`);
  const program = findServer();
  if (program === null) {
    throw new UsageError('no-nats-server', `nothing answers at ${nats}, and there is no nats-server on this machine`,
      'Install it (https://nats.io/download; Debian: apt-get install nats-server; with Go: go install github.com/nats-io/nats-server/v2@latest), name one in EBM_NATS_SERVER, or give --nats URL of a server that runs.');
  }
  const child = spawn(program, ['--addr', hostname, '--port', port || '4222'], { stdio: ['ignore', 'ignore', 'ignore'], detached: true });
  child.on('error', (error) => { output.warn(`nats-server could not be started: ${error.message}`); });
  while (child.exitCode === null && !options.signal.aborted) {
    if (await reaches(options, output)) return child;
    await pause(LOOK_MS, options.signal);
  }
  throw new UsageError('no-nats-server', `nats-server at ${nats} ended with ${child.exitCode} before it answered`, `Is port ${port} in use by another program?`);
}

async function reaches(options: UpOptions, output: Output): Promise<boolean> {
  try {
    await (await connectCluster(options, 'up', { ...output, note: () => undefined })).close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'unreachable') return false;
    throw error;
  }
}

/** A nats-server that is installed here. */
export function findServer(): string | null {
  const named = process.env['EBM_NATS_SERVER'];
  const candidates = [...(named === undefined ? [] : [named]), ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'nats-server'))];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }) ?? null;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => { child.on('close', resolve); });
  child.kill(signal);
  await gone;
}

/** The living process that a mark names. */
async function ownerOf(mark: string): Promise<number | null> {
  const text = await readFile(mark, 'utf8').catch(() => null);
  if (text === null) return null;
  const pid = Number((JSON.parse(text) as { readonly pid?: unknown }).pid);
  return Number.isSafeInteger(pid) && pid > 0 && isAlive(pid) ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function down({ store, signal }: DownOptions, output: Output): Promise<ExitCode> {
  const pid = await ownerOf(join(store, UP_NAME));
  if (pid === null) throw new UsageError('not-up', `no cluster is up in ${store}`, '`ebm up` starts one; --store names its directory.');
  process.kill(pid, 'SIGTERM');
  while (isAlive(pid) && !signal.aborted) await pause(LOOK_MS, signal);
  output.result({ kind: 'down', store }, `down: the cluster in ${store} has ended`);
  return 0;
}
