// Whether a server and a stream keep what a store must keep. JetStream acknowledges before it syncs unless its configuration says
// `sync_interval: always`; no answer to a client tells that, only the server's monitoring does, where its address is given.
import { JetStreamApiError, type StreamConfig, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { StorageError } from './errors.ts';
import type { NatsStoreLimits } from './nats-limits.ts';
import { pathOf, type Stream } from './nats-stream.ts';

/** Servers before this one have no `sync_interval: always`. */
const VERSION_MIN = [2, 10] as const;
const ALWAYS = 'Set `jetstream { sync_interval: always }` in its configuration (deploy/nats has one) and restart it.';

const unsuitable = (stream: string, what: string, remedy: string, cause?: unknown): StorageError => new StorageError({ code: 'unsuitable', path: pathOf(stream), what, remedy, cause });

export function requireRecentServer(connection: NatsConnection, stream: string): void {
  const version = connection.info?.version ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1])) return;
  throw unsuitable(stream, `this nats-server is ${version}, and writes to its disk every two minutes only`, `Use ${VERSION_MIN.join('.')} or newer, with \`sync_interval: always\`; or a store in a directory.`);
}

/** The one that is there, or a new one. Throws StorageError. */
export async function requireStream(stream: Stream, wanted: Pick<StreamConfig, 'name' | 'subjects' | 'num_replicas'>, patienceMs: number): Promise<void> {
  const { manager } = stream;
  const look = (): Promise<StreamInfo | null> => stream.call('opening the store', async () => {
    try {
      return await manager.streams.info(wanted.name);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === 10059) return null;
      throw error;
    }
  }, patienceMs);
  let found = await look();
  if (found === null) {
    const config = { ...wanted, ...KEEPING };
    // Another process may have made it in this moment: then it is looked at like any other.
    found = await stream.call('making the stream', () => manager.streams.add(config), patienceMs).catch(async (error: unknown) => {
      const there = await look();
      if (there === null) throw error;
      return there;
    });
  }
  requireKeeping(found.config, wanted.name);
}

/** Objects stay until they are removed, and the server itself refuses a second message on a subject. */
const KEEPING = {
  retention: 'limits', storage: 'file', discard: 'new', discard_new_per_subject: true, max_msgs_per_subject: 1, max_msgs: -1, max_bytes: -1, max_age: 0,
  allow_direct: false, deny_delete: true, description: 'objects of ebm-fleet',
} as const;

function requireKeeping(config: StreamConfig, name: string): void {
  const wrong: string[] = [];
  if (config.storage !== 'file') wrong.push(`storage is ${config.storage}, not file`);
  if (config.max_age > 0) wrong.push('max_age is set');
  if (config.discard !== 'new' && (config.max_msgs >= 0 || config.max_bytes >= 0)) wrong.push('it discards old messages');
  if (config.persist_mode === 'async') wrong.push('persist_mode is async');
  if (config.max_msgs_per_subject !== 1 || !config.discard_new_per_subject) wrong.push('it takes more than one message on a subject');
  if (wrong.length === 0) return;
  throw unsuitable(name, `this stream does not keep what a store must keep: ${wrong.join(', ')}`, 'Give the store another bucket, or mend the stream with `nats stream edit`.');
}

/** Asks the server's monitoring (`http://127.0.0.1:8222`) how JetStream syncs. Throws StorageError. */
export async function requireSyncAlways(monitoring: string, stream: string, limits: NatsStoreLimits): Promise<void> {
  let text: string;
  try {
    const answer = await fetch(new URL('/jsz?config=true', monitoring), { signal: AbortSignal.timeout(limits.monitoringTimeoutMs), redirect: 'error' });
    text = answer.ok ? await bounded(answer, limits.monitoringBytesMax) : '';
  } catch (cause) {
    throw new StorageError({ code: 'unreachable', path: pathOf(stream), what: `the server's monitoring at ${monitoring} does not answer`, remedy: 'Check its address (http: in the configuration of nats-server).', cause });
  }
  if (!isSyncAlways(text)) throw unsuitable(stream, `JetStream at ${monitoring} acknowledges before it writes to its disk`, ALWAYS);
}

async function bounded(answer: Response, bytesMax: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  if (answer.body === null) return '';
  for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > bytesMax) throw new Error(`more than ${bytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function isSyncAlways(text: string): boolean {
  try {
    const value = JSON.parse(text) as { readonly config?: { readonly sync_always?: unknown } } | null;
    return value?.config?.sync_always === true;
  } catch {
    return false;
  }
}
