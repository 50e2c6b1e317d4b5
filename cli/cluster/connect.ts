// How a command of the cluster reaches it: the login as a connection with the codec of the wire on top. What the server does not permit ends
// the command with words instead of silence; what peers send that is refused is told, at a bounded rate.
import { hostname } from 'node:os';
import { decode, encode } from '../../proto/codec.ts';
import { WIRE_LIMITS } from '../../proto/limits.ts';
import type { Message } from '../../proto/messages.ts';
import { realClock } from '../../platform/clock/real.ts';
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import { codedTransport } from '../../platform/transport/coded.ts';
import { NatsConnectError } from '../../platform/transport/nats-connecting.ts';
import { NatsPermissionError } from '../../platform/transport/nats-permission.ts';
import { connectNats, type NatsTransport } from '../../platform/transport/nats.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import type { NatsStatus } from '../../platform/transport/wire.ts';
import type { ClusterOptions } from '../commands/actions.ts';
import { UsageError } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { loginOf } from './login.ts';
import { rateLimited } from './rate-limited.ts';
import { letHeapGrow } from '../compose/heap.ts';

export interface Connection {
  readonly messages: Transport<Message>;
  readonly bytes: NatsTransport;
  /** Never resolves; rejects with a UsageError when the server does not permit what this role cannot do without. */
  readonly forbidden: Promise<never>;
  close(): Promise<void>;
}

/** Rejects with a UsageError if the login is wrong or is not accepted, with a NatsConnectError if there is no server. `telemetry`: of a role that has some. */
export async function connectCluster(options: ClusterOptions, role: string, output: Output, telemetry?: Pick<Telemetry, 'count'>): Promise<Connection> {
  const login = await loginOf(options, process.env);
  login.warnings.forEach((text) => { output.warn(text); });
  const remarks = rateLimited(realClock(), (text) => { output.warn(text); });
  let forbid: (error: UsageError) => void = () => undefined;
  const forbidden = new Promise<never>((_, reject) => { forbid = reject; });
  forbidden.catch(() => undefined); // whoever races it hears of it
  let isLost = false;
  const onStatus = (status: NatsStatus): void => {
    if (status.kind === 'disconnected') remarks.add('disconnected', `the connection to NATS at ${status.server} is lost: trying again`);
    if (status.kind === 'connected' && isLost) remarks.add('back', `the connection to NATS at ${status.server} is back`); // told as the loss was: whoever read that waits for this
    else if (status.kind === 'connected' && role !== 'client') output.note(`connected to NATS at ${status.server}`);
    if (status.kind === 'connected' || status.kind === 'disconnected') isLost = status.kind === 'disconnected';
    if (status.kind === 'slow-consumer') remarks.add('slow-consumer', `NATS: ${status.detail}`);
    if (status.kind !== 'error') return;
    const { error } = status;
    if (error instanceof NatsPermissionError && isNeeded(error, role)) forbid(notPermitted(error));
    else remarks.add(`error ${error.name}`, `NATS: ${error.message}`);
  };
  letHeapGrow();
  const bytes = await connectNats({
    ...login.server, name: `ebm ${role} ${hostname()} ${process.pid}`, clock: realClock(), answerPrefix: '_INBOX.', onStatus,
    ...(login.word === null ? {} : { inboxPrefix: `_INBOX.${login.word}`, pullName: login.word }),
    onRefused: ({ reason, subject, detail }) => { remarks.add(reason, `a message on ${subject} was refused: ${reason}: ${detail}`); },
  }).catch((error: unknown) => { throw advised(error); });
  const messages = codedTransport(bytes, {
    codec: { encode, decode }, nowMs: () => performance.now(), messageBytesMax: WIRE_LIMITS.messageBytesMax,
    onRejected: (subject, code, reason) => {
      telemetry?.count('ebm_rejected_messages_total', 1, { code });
      remarks.add(code, `a message on ${subject} was refused: ${code}: ${reason}`);
    },
  });
  return { bytes, messages, forbidden, async close() { await bytes.close(); remarks.close(); } };
}

/**
 * A subject that we listen to is always needed, and one that we tell something is ours as well: but a coordinator also answers others, and
 * none of them shall end it.
 */
function isNeeded({ operation, subject }: NatsPermissionError, role: string): boolean {
  return operation === 'subscribe' || (role !== 'coordinator' && subject.startsWith('ebm.'));
}

function notPermitted(error: NatsPermissionError): UsageError {
  return new UsageError('forbidden', error.message, 'Give this user the permissions of its role (deploy/nats/README.md), or log in as another; a worker\'s --name must be the one that its permissions name.');
}

/** What the user can mend is the user's mistake; a server that is not there is not. */
function advised(error: unknown): unknown {
  if (!(error instanceof NatsConnectError)) return error;
  switch (error.code) {
    case 'not-authorized': return new UsageError(error.code, error.message, 'Check the user and what proves it: EBM_NATS_USER with EBM_NATS_PASSWORD or EBM_NATS_PASSWORD_FILE, --nkey, or --creds.');
    case 'certificate': return new UsageError(error.code, error.message, '--tls-ca names the certificates to trust; --tls-cert and --tls-key are ours, where the server wants one. The certificate must name the host as the URL does.');
    case 'no-tls': return new UsageError(error.code, error.message, 'Give the URL of a server with TLS, or, on a network that you trust, nats:// without --tls-... flags.');
    case 'unreachable': return Object.assign(error, { advice: 'Start a server with `nats-server`, or a whole cluster with `ebm up`; --nats or EBM_NATS names another one.' });
    case 'failed': return error;
  }
}
