// Who serves by NATS' conventions under a name: their metadata, as they answer a ping.
import { errors, type NatsConnection } from 'nats';

const ANSWERS_MAX = 64;
/** After an answer, how long another one is waited for. */
const PAUSE_MS = 250;

/** Everybody who answered in time; nobody where nobody listens or this user may not ask. Rejects if the connection is closed. */
export async function pingServices(connection: NatsConnection, name: string, waitMs: number): Promise<readonly Readonly<Record<string, string>>[]> {
  const found: Readonly<Record<string, string>>[] = [];
  try {
    for await (const message of await connection.requestMany(`$SRV.PING.${name}`, '', { strategy: 'stall', stall: PAUSE_MS, maxWait: waitMs, maxMessages: ANSWERS_MAX })) {
      const metadata = metadataOf(message.data);
      if (metadata !== null) found.push(metadata);
    }
  } catch (error) {
    const all = [error, error instanceof Error ? error.cause : undefined];
    if (!all.some((each) => each instanceof errors.NoRespondersError || each instanceof errors.PermissionViolationError || each instanceof errors.TimeoutError)) throw error;
  }
  return found;
}

/** Null for what is no answer to a ping. */
function metadataOf(answer: Uint8Array): Readonly<Record<string, string>> | null {
  try {
    const { metadata } = JSON.parse(new TextDecoder().decode(answer)) as { readonly metadata?: unknown };
    if (typeof metadata !== 'object' || metadata === null) return null;
    return Object.fromEntries(Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return null;
  }
}
