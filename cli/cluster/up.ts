// `ebm up`: a cluster on this machine. It stays: it starts a NATS server where none answers, a coordinator and workers as
// processes, starts again whatever of them dies (but not what was drained), and drains all of them when it is told to stop. Owns the processes;
// mark.ts says which they are, and down.ts ends them.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ensureDirectory } from '../../platform/store/durable.ts';
import { guarded } from '../../platform/store/errors.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import type { UpOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { connectCluster } from './connect.ts';
import { refuseAnother } from './down.ts';
import { connectionFlags } from './login.ts';
import { OwnMark, removeMark, SERVER_NAME } from './mark.ts';
import { findServer, INSTALL_SERVER, serverEnvironment } from './nats-server.ts';
import { pause } from './pause.ts';

/** Time before what died is started again. */
const AGAIN_MS = 1_000;
const LOOK_MS = 100;

interface Site { readonly output: Output; readonly mark: OwnMark }

export async function up(options: UpOptions, output: Output): Promise<ExitCode> {
  const { store } = options;
  if (store === 'nats') {
    throw new UsageError('wrong-store', '`ebm up` keeps jobs and runs in a directory, and `nats` is a store on a NATS server', 'Run `ebm coordinator --store nats` and `ebm worker` beside a server that syncs each write, or name a directory (./nats for one of that name).');
  }
  await guarded(store, 'making the store', () => ensureDirectory(nodeFiles(), store));
  refuseAnother(store, output);
  const mark = new OwnMark(store);
  try {
    await run(options, { output, mark });
  } finally {
    removeMark(store);
  }
  output.result({ kind: 'down', store }, 'down: all have left');
  return 0;
}

/** Until the signal, or until one of them ends by a mistake. */
async function run(options: UpOptions, site: Site): Promise<void> {
  const { store, nats, workers } = options;
  const server = await startServer(options, site);
  const failure = new AbortController(); // of one of them, which ends all
  const left = new AbortController(); // all roles have
  const serving = server === null ? null : keepServer(server, options, left.signal, site);
  const stop = AbortSignal.any([options.signal, failure.signal]);
  try {
    await Promise.all(crewOf({ ...options, signal: stop }, site, () => {
      site.output.result({ kind: 'up', store, nats, workers, server: server?.pid ?? null },
        `up: ${nats}, jobs in ${store}, ${workers} ${workers === 1 ? 'worker' : 'workers'}; \`ebm submit FILE --nats ${nats}\` gives it work, \`ebm down --store ${store}\` ends it`);
    }).map((role) => role.catch((error: unknown) => { failure.abort(error); })));
  } finally {
    left.abort();
    await serving;
  }
  if (failure.signal.aborted) throw failure.signal.reason;
}

/** `onReady`: once, when the coordinator leads or stands by. */
function crewOf(options: UpOptions, site: Site, onReady: () => void): Promise<void>[] {
  const { store, threads, workers, allowModules } = options;
  const flags = [...connectionFlags(options), ...(threads === null ? [] : ['--threads', String(threads)]), ...(allowModules ? ['--allow-modules'] : []), '--json'];
  let isReady = false;
  const ready = (): void => { if (!isReady && !options.signal.aborted) onReady(); isReady = true; };
  return [
    keep({ name: 'coordinator', words: ['coordinator', '--store', store, ...flags], environment: process.env, onLeading: ready }, options.signal, site),
    ...Array.from({ length: workers }, (_, i) => keep({ name: `worker ${i + 1}`, words: ['worker', '--name', `local-${process.pid}-${i + 1}`, ...flags], environment: workerEnvironment(), onLeading: () => undefined }, options.signal, site)),
  ];
}

/** A port in EBM_LISTEN is the coordinator's: each worker takes a free one of the same interface. */
function workerEnvironment(): NodeJS.ProcessEnv {
  const { EBM_LISTEN: listen = '' } = process.env;
  return { ...process.env, EBM_LISTEN: listen.replace(/\d+$/, '0') };
}

interface KeptRole { readonly name: string; readonly words: readonly string[]; readonly environment: NodeJS.ProcessEnv; readonly onLeading: () => void }

/** A line that a role writes with --json, as far as it is read here. */
interface Said { readonly kind: string; readonly code?: string; readonly message?: string; readonly advice?: string | null }

/**
 * Runs a role until the signal; when it dies before, again. One that was drained stays away. Rejects with a UsageError when it ends by a
 * mistake (exit code 2), which starting it again would not mend.
 */
async function keep({ name, words, environment, onLeading }: KeptRole, signal: AbortSignal, site: Site): Promise<void> {
  const { output } = site;
  while (!signal.aborted) {
    let last: Said = { kind: 'nothing' };
    const child = spawn(process.execPath, [process.argv[1]!, ...words], { env: environment, stdio: ['ignore', 'pipe', 'inherit'], detached: true }); // of its own group: Ctrl-C is told once
    note(name, child, site);
    createInterface({ input: child.stdout }).on('line', (line) => {
      last = JSON.parse(line) as Said;
      if (last.kind === 'warning') output.warn(`${name}: ${last.message ?? ''}`);
      if (last.kind === 'leading' || last.kind === 'standby') onLeading();
    });
    const stop = (): void => { child.kill('SIGTERM'); };
    signal.addEventListener('abort', stop, { once: true });
    const code = await new Promise<number | string | null>((resolve) => { child.on('close', (status, by) => { resolve(status ?? by); }); });
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return;
    const { kind, code: reason, message, advice } = last;
    if (kind === 'drained') {
      output.result({ ...last }, `${name} was drained and is not started again`);
      return;
    }
    if (code === 2) throw new UsageError(reason ?? 'refused', `the ${name} ended: ${message ?? 'exit code 2'}`, advice ?? null);
    output.warn(`the ${name} ended with ${code}${kind === 'failed' ? ` (${message ?? ''})` : ''}: starting it again`);
    await pause(AGAIN_MS, signal);
  }
}

/** A disk that is full ends no cluster. */
function note(name: string, { pid }: ChildProcess, { output, mark }: Site): void {
  if (pid === undefined) return;
  try {
    mark.add(name, pid);
  } catch (error) {
    output.warn(`\`ebm down\` will not find the ${name} (process ${pid}) should this process be killed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Starts the server again when it dies, and ends it when all roles have left. */
async function keepServer(first: ChildProcess, options: UpOptions, left: AbortSignal, site: Site): Promise<void> {
  for (let server = first; ;) {
    const by = await Promise.race([endOf(server), aborted(left)]);
    if (by === 'aborted') {
      await ended(server, 'SIGTERM');
      return;
    }
    site.output.warn(`nats-server ended with ${by}: starting it again`);
    await pause(AGAIN_MS, left);
    if (left.aborted) return;
    server = spawnServer(server.spawnfile, options.nats, site);
  }
}

function endOf(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? child.signalCode);
  return new Promise((resolve) => { child.once('close', (status, by) => { resolve(status ?? by); }); });
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => { resolve('aborted'); }, { once: true });
  });
}

/** Null if a server answers already. */
async function startServer(options: UpOptions, site: Site): Promise<ChildProcess | null> {
  const { nats } = options;
  if (await reaches(options, site.output)) return null;
  if (!/^(nats:\/\/)?[^,]+$/.test(nats) || nats.startsWith('tls://')) {
    throw new UsageError('no-nats-server', `nothing answers at ${nats}, and a server with TLS, or one of several, is not started here`, 'Start it yourself (deploy/nats/README.md), or give --nats nats://127.0.0.1:PORT.');
  }
  const program = findServer();
  if (program === null) {
    throw new UsageError('no-nats-server', `nothing answers at ${nats}, and there is no nats-server on this machine`,
      `${INSTALL_SERVER}, name one in EBM_NATS_SERVER, or give --nats URL of a server that runs.`);
  }
  const child = spawnServer(program, nats, site);
  while (child.exitCode === null && !options.signal.aborted) {
    if (await reaches(options, site.output)) return child;
    await pause(LOOK_MS, options.signal);
  }
  if (options.signal.aborted) {
    await ended(child, 'SIGTERM');
    return null;
  }
  throw new UsageError('no-nats-server', `${program} at ${nats} ended with ${child.exitCode} before it answered`, 'Is its port in use by another program, and is it a nats-server?');
}

function spawnServer(program: string, nats: string, site: Site): ChildProcess {
  const { hostname, port } = new URL(nats.includes('://') ? nats : `nats://${nats}`);
  const child = spawn(program, ['--addr', hostname, '--port', port || '4222'], { env: serverEnvironment(), stdio: ['ignore', 'ignore', 'ignore'], detached: true });
  child.on('error', (error) => { site.output.warn(`nats-server could not be started: ${error.message}`); });
  note(SERVER_NAME, child, site);
  return child;
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

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = endOf(child);
  child.kill(signal);
  await gone;
}
