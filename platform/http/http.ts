// A small HTTP server for probes and scrapers: a few paths, GET only, nothing read from the request but its path. What arrives is bounded
// in size, time and number of connections. It knows nothing of health or metrics.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import { ListenError, textOf, type Address } from './listen.ts';

export const HTTP_LIMITS = {
  headerBytesMax: 8_192,
  connectionsMax: 64,
  requestsOfConnectionMax: 10_000,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 65_000,
  /** How often connections are looked at for the times above. */
  checkingIntervalMs: 1_000,
} as const;

export interface Reply { readonly status: number; readonly contentType: string; readonly body: string }

/** Answers by path. What one throws is an answer of 500 without its message. */
export type Routes = Readonly<Record<string, () => Reply | Promise<Reply>>>;

export interface HttpOptions {
  readonly address: Address;
  /** If the port is taken, take a free one instead. */
  readonly mayMove: boolean;
  /** The flag that the address can be given with, for the advice of errors; --listen if it is not said. */
  readonly flag?: string;
  readonly routes: Routes;
  /** What a route threw. Must not throw. */
  readonly onError: (error: unknown) => void;
}

export interface HttpServer {
  /** Where it listens by now. */
  readonly address: Address;
  readonly url: string;
  /** Whether the port that was wanted was taken. */
  readonly moved: boolean;
  /** Resolves when nothing listens and every connection has ended. */
  close(): Promise<void>;
}

/** Rejects with a ListenError if the address cannot be had. */
export async function serveHttp({ address, mayMove, flag = '--listen', routes, onError }: HttpOptions): Promise<HttpServer> {
  const limits = HTTP_LIMITS;
  const server = createServer({
    maxHeaderSize: limits.headerBytesMax, headersTimeout: limits.headersTimeoutMs, requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs, connectionsCheckingInterval: limits.checkingIntervalMs,
  }, (request, response) => { void answer(routes, request, response).catch(onError); });
  server.maxConnections = limits.connectionsMax;
  server.maxRequestsPerSocket = limits.requestsOfConnectionMax;
  const moved = await listen(server, address, { mayMove, flag });
  server.on('error', onError);
  const { port } = server.address() as AddressInfo;
  const own = { host: address.host, port };
  return {
    address: own, moved, url: `http://${textOf(own)}`,
    close: () => new Promise((resolve) => {
      server.close(() => { resolve(); });
      server.closeAllConnections();
    }),
  };
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const failures: unknown[] = [];
  const reply = await replyTo(routes, request).catch((error: unknown): Reply => {
    failures.push(error);
    return plain(500, 'it failed');
  });
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  response.writeHead(reply.status, {
    'content-type': reply.contentType, 'content-length': Buffer.byteLength(reply.body), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff',
    ...(reply.status === 405 ? { allow: 'GET' } : {}), ...(hasBody ? { connection: 'close' } : {}),
  });
  response.end(reply.body);
  if (failures.length > 0) throw failures[0];
}

async function replyTo(routes: Routes, { method, url = '/', headers }: IncomingMessage): Promise<Reply> {
  const path = url.split('?', 1)[0]!;
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return plain(404, `there is nothing here; there are ${Object.keys(routes).join(', ')}`);
  if (method !== 'GET') return plain(405, 'GET is the only method');
  if (Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined) return plain(413, 'a GET has no body');
  return route();
}

function plain(status: number, text: string): Reply {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}

/** Whether it had to move to a free port. */
async function listen(server: Server, address: Address, { mayMove, flag }: { readonly mayMove: boolean; readonly flag: string }): Promise<boolean> {
  try {
    await listenAt(server, address);
    return false;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code !== 'EADDRINUSE' || !mayMove) throw listenError(address, { code, flag }, error);
  }
  await listenAt(server, { ...address, port: 0 });
  return true;
}

function listenAt(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => { server.off('error', reject); resolve(); });
  });
}

function listenError(address: Address, { code, flag }: { readonly code: string; readonly flag: string }, cause: unknown): unknown {
  const where = textOf(address);
  switch (code) {
    case 'EADDRINUSE': return new ListenError('address-taken', `${where} is taken by another program`, `Give another port with ${flag}, port 0 for any that is free, or off for none.`, { cause });
    case 'EACCES': return new ListenError('address-forbidden', `${where} may not be listened on by this user`, `Ports below 1024 usually need root: give a higher one with ${flag}.`, { cause });
    case 'EADDRNOTAVAIL': case 'ENOTFOUND': case 'EAI_AGAIN': case 'EINVAL': case 'EAFNOSUPPORT': {
      const what = isIP(address.host) > 0 ? 'no address' : 'no name';
      return new ListenError('address-unknown', `${where}: ${address.host} is ${what} of this machine`, `Give an address of this machine with ${flag}: 127.0.0.1:PORT for itself alone, 0.0.0.0:PORT for every interface.`, { cause });
    }
    default: return cause;
  }
}
