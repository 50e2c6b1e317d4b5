// How a connection to NATS begins: our options as the client's, whose certificate is accepted, and what a first connection that fails means.
import { createConnection, isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { credsAuthenticator, errors, nkeyAuthenticator, type ConnectionOptions, type NodeConnectionOptions } from 'nats';
import type { NatsLimits } from './nats-limits.ts';
import type { NatsServerOptions } from './nats-server-options.ts';

/** `certificate`: the server's is not trusted, or it wants one of ours. `no-tls`: TLS was asked for, and the server has none. */
export type NatsConnectErrorCode = 'unreachable' | 'not-authorized' | 'certificate' | 'no-tls' | 'failed';

/** The first connection could not be made. */
export class NatsConnectError extends Error {
  readonly code: NatsConnectErrorCode;
  constructor(code: NatsConnectErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NatsConnectError';
    this.code = code;
  }
}

const PORT_DEFAULT = 4222;
const GREETING_MS = 3_000;
const GREETING_BYTES_MAX = 65_536;
/** What is published in one go is written in one go, a version with the leases for it: the client's own bound is 32 KiB. Not in its types; one that does not know it writes more often. */
const WRITES = { pendingLimit: 1_048_576 };

export function clientOptions(server: NatsServerOptions, limits: NatsLimits): NodeConnectionOptions {
  const options: ConnectionOptions = {
    servers: urlsOf(server),
    name: server.name,
    reconnect: true,
    maxReconnectAttempts: -1,
    // A password that is being changed is no reason to give up for ever.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: limits.reconnectWaitMs,
    reconnectJitter: limits.reconnectJitterMs,
    reconnectJitterTLS: limits.reconnectJitterMs,
    pingInterval: limits.pingIntervalMs,
    maxPingOut: limits.unansweredPingsMax,
    timeout: limits.connectTimeoutMs,
    // A stack for each request costs more than the request.
    noAsyncTraces: true,
    ...WRITES,
  };
  if (server.inboxPrefix !== undefined) options.inboxPrefix = server.inboxPrefix;
  if (isTls(server)) options.tls = tlsOptions(server);
  const text = new TextEncoder();
  if (server.creds !== undefined) options.authenticator = credsAuthenticator(text.encode(server.creds));
  else if (server.nkeySeed !== undefined) options.authenticator = nkeyAuthenticator(text.encode(server.nkeySeed));
  else if (server.user !== undefined) {
    options.user = server.user;
    options.pass = server.password ?? '';
  }
  return options;
}

/** A server that wants a certificate of ours says so in its greeting; without one, the client would only see silence. */
export async function assertCertificateIsNotMissing(server: NatsServerOptions): Promise<void> {
  if (!isTls(server) || server.tls?.certFile !== undefined) return;
  const greeting = await greetingOf(server);
  if (greeting?.wantsCertificate === true) throw new NatsConnectError('certificate', `NATS at ${where(server)} lets in only clients with a certificate, and none was given`);
}

export async function connectFailure(cause: unknown, server: NatsServerOptions): Promise<NatsConnectError> {
  if (cause instanceof NatsConnectError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const error = (code: NatsConnectErrorCode, message: string): NatsConnectError => new NatsConnectError(code, message, { cause });
  if (cause instanceof errors.AuthorizationError) return error('not-authorized', `NATS at ${where(server)} refused to let us in: ${reason}`);
  const system = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const beneath = cause instanceof Error && cause.cause instanceof Error && 'code' in cause.cause ? String(cause.cause.code) : '';
  if (/^ERR_(OSSL|TLS|SSL)|CERT|SIGNATURE|ISSUER|EPROTO/.test(`${system} ${beneath}`)) return error('certificate', `no connection to NATS at ${where(server)}: ${reason}`);
  if (reason.includes("does not support 'tls'")) return error('no-tls', `NATS at ${where(server)} has no TLS, and TLS was asked for`);
  if (cause instanceof errors.TimeoutError && (await greetingOf(server))?.wantsCertificate === true) {
    const ours = server.tls?.certFile;
    return error('certificate', `NATS at ${where(server)} lets in only clients with a certificate that it trusts, and ${ours === undefined ? 'none was given' : `was silent after it had seen ${ours}`}`);
  }
  // ECONNRESET, ENOTFOUND and their like.
  const isUnreachable = cause instanceof errors.ConnectionError || cause instanceof errors.TimeoutError || /^E[A-Z]+(_AGAIN)?$/.test(system);
  return error(isUnreachable ? 'unreachable' : 'failed', `no connection to NATS at ${where(server)}: ${reason}`);
}

function urlsOf({ url }: NatsServerOptions): string[] {
  return [url].flat();
}

function where(server: NatsServerOptions): string {
  return urlsOf(server).map((url) => url.replace(/\/\/[^@/]*@/, '//')).join(', ');
}

/** The client ignores the scheme: a tls:// URL alone would let it talk in the clear to a server, or to somebody in between, that says it has no TLS. */
function isTls(server: NatsServerOptions): boolean {
  return server.tls !== undefined || urlsOf(server).some((url) => url.startsWith('tls://'));
}

type ClientTls = NonNullable<NodeConnectionOptions['tls']> & { readonly checkServerIdentity: (name: string, certificate: PeerCertificate) => Error | undefined };

function tlsOptions(server: NatsServerOptions): ClientTls {
  const addresses = endpoints(server).map(({ host }) => host);
  return { ...server.tls, checkServerIdentity: (name, certificate) => checkIdentity(name, addresses, certificate) };
}

/** For an address instead of a name the client asks for a certificate of "localhost"; ours must name the address. */
function checkIdentity(name: string, hosts: readonly string[], certificate: PeerCertificate): Error | undefined {
  const addresses = name !== 'localhost' || hosts.includes(name) ? [] : hosts.filter((host) => isIP(host) !== 0);
  const found = (addresses.length === 0 ? [name] : addresses).map((each) => checkServerIdentity(each, certificate));
  return found.includes(undefined) ? undefined : found[0];
}

function endpoints(server: NatsServerOptions): readonly { readonly host: string; readonly port: number }[] {
  return urlsOf(server).map((url) => {
    const { hostname, port } = new URL(url.includes('://') ? url : `nats://${url}`);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? PORT_DEFAULT : Number(port) };
  });
}

/** What the first server that answers says before anything else; null if none does in time. */
async function greetingOf(server: NatsServerOptions): Promise<{ readonly wantsCertificate: boolean } | null> {
  for (const { host, port } of endpoints(server)) {
    const socket = createConnection({ host, port, signal: AbortSignal.timeout(GREETING_MS) });
    try {
      let text = '';
      for await (const more of socket.setEncoding('latin1')) {
        text += String(more);
        if (text.includes('\r\n') || text.length > GREETING_BYTES_MAX) break;
      }
      const said = JSON.parse(/^INFO (.*)\r\n/.exec(text)?.[1] ?? 'null') as { readonly tls_verify?: unknown } | null;
      if (said !== null) return { wantsCertificate: said.tls_verify === true };
    } catch {
      // The next one, if there is one: what is wrong with this one is said by connecting.
    } finally {
      socket.destroy();
    }
  }
  return null;
}
