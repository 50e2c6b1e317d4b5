// The small HTTP server, by real requests: what it serves, what it refuses, where it listens.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { HTTP_LIMITS, serveHttp, type HttpOptions, type HttpServer } from '../../../platform/http/http.ts';
import { parseListen, textOf } from '../../../platform/http/listen.ts';

async function serving(context: TestContext, more: Partial<HttpOptions> = {}): Promise<HttpServer & { readonly errors: unknown[] }> {
  const errors: unknown[] = [];
  const server = await serveHttp({
    address: { host: '127.0.0.1', port: 0 }, mayMove: false, onError: (error) => { errors.push(error); },
    routes: { '/healthz': () => ({ status: 200, contentType: 'text/plain', body: 'h\u00e9\n' }), '/broken': () => { throw new Error('a secret'); } }, ...more,
  });
  context.after(() => server.close());
  return { ...server, errors };
}

/** What the server says to bytes of our own, until it closes. */
async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => { said += text; });
  socket.on('error', () => undefined); // a reset after the answer is an end, too
  socket.write(request);
  await once(socket, 'close');
  return said;
}

test('it serves its paths to GET and nothing else, whatever the query', async (context) => {
  const { url } = await serving(context);
  const answer = await fetch(`${url}/healthz?since=1`);
  assert.deepEqual([answer.status, await answer.text(), answer.headers.get('content-type'), answer.headers.get('content-length')], [200, 'h\u00e9\n', 'text/plain', '4']);
  assert.equal(answer.headers.get('access-control-allow-origin'), null);
  for (const path of ['/', '/healthz/', '/%68ealthz', '/../healthz/..', '/constructor', '/__proto__']) {
    const nothing = await fetch(url + path);
    assert.equal(nothing.status, 404, path);
    assert.match(await nothing.text(), /there is nothing here; there are \/healthz/);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const refused = await fetch(`${url}/healthz`, { method });
    assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET']);
  }
});

test('a route that throws is an answer of 500 that does not say why, and its owner hears it', async (context) => {
  const { url, errors } = await serving(context);
  const answer = await fetch(`${url}/broken`);
  assert.deepEqual([answer.status, await answer.text()], [500, 'it failed\n']);
  assert.deepEqual(errors.map(String), ['Error: a secret']);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('headers that are too large, a body, and what is no HTTP end the connection with an answer', async (context) => {
  const { address: { port }, url } = await serving(context);
  assert.match(await raw(port, `GET /healthz HTTP/1.1\r\nhost: x\r\nlarge: ${'x'.repeat(HTTP_LIMITS.headerBytesMax)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  assert.match(await raw(port, 'GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello'), /^HTTP\/1\.1 413 [^]*connection: close/i);
  assert.match(await raw(port, 'PUB ebm.jobs.submit 5\r\nhello\r\n'), /^HTTP\/1\.1 400 /);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('closing ends connections that are kept alive', async () => {
  const server = await serveHttp({ address: { host: '127.0.0.1', port: 0 }, mayMove: false, onError: () => undefined, routes: { '/': () => ({ status: 200, contentType: 'text/plain', body: '' }) } });
  const socket = connect(server.address.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'data');
  const ended = once(socket, 'close');
  await server.close();
  await ended;
  await assert.rejects(fetch(server.url));
});

test('a port that is taken: an error that says what to do, or another port where that is permitted', async (context) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  context.after(() => { holder.close(); });
  const address = { host: '127.0.0.1', port: (holder.address() as AddressInfo).port };
  await assert.rejects(serving(context, { address }), { name: 'ListenError', code: 'address-taken', exitCode: 2, message: new RegExp(`127\\.0\\.0\\.1:${address.port} is taken`), advice: /--listen/ });
  await assert.rejects(serving(context, { address, flag: '--serve' }), { code: 'address-taken', advice: /--serve/ });
  const moved = await serving(context, { address, mayMove: true });
  assert.ok(moved.moved && moved.address.port !== address.port);
  assert.equal((await fetch(`${moved.url}/healthz`)).status, 200);
});

test('an address that this machine does not have is the user\'s mistake', async (context) => {
  await assert.rejects(serving(context, { address: { host: '192.0.2.1', port: 0 } }), { name: 'ListenError', code: 'address-unknown', exitCode: 2 });
});

test('addresses as text', () => {
  const read = (text: string): unknown => parseListen(text, '--listen');
  assert.equal(read('off'), null);
  assert.deepEqual(read('9464'), { host: '127.0.0.1', port: 9464 });
  assert.deepEqual(read('0.0.0.0:0'), { host: '0.0.0.0', port: 0 });
  assert.deepEqual(read('localhost:65535'), { host: 'localhost', port: 65535 });
  assert.deepEqual(read('[::1]:80'), { host: '::1', port: 80 });
  assert.equal(textOf({ host: '::1', port: 80 }), '[::1]:80');
  for (const wrong of ['', ':9464', 'localhost', '::1:80', '127.0.0.1:65536', 'http://localhost:80', 'a b:80', 'me@host:80', '80 ', 'on']) {
    assert.throws(() => read(wrong), { name: 'ListenError', code: 'listen-address', exitCode: 2, advice: /Accepted: HOST:PORT/ }, wrong);
  }
});
