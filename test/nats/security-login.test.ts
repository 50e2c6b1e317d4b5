// Logging in to real servers, as the commands do it: nkeys, credentials files, TLS; and what is said when it does not succeed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { nkeys } from 'nats';
import { connectCluster, type Connection } from '../../cli/cluster/connect.ts';
import type { ClusterOptions } from '../../cli/commands/actions.ts';
import { failureOf } from '../../cli/terminal/failure.ts';
import { realClock } from '../../platform/clock/real.ts';
import { connectNats } from '../../platform/transport/nats.ts';
import { makeAuthority, type Authority } from '../support/certificates.ts';
import { makeOperator } from '../support/nats-credentials.ts';
import { pattern, PLENTY_MS } from '../support/nats-fixture.ts';
import { startNatsServer, type NatsServer } from '../support/nats-server.ts';
import { keptOutput } from '../unit/cli/support.ts';

const asked = { deadlineMs: PLENTY_MS };

let folder: string;
let authority: Authority;
let stranger: Authority;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebm-login-'));
  [authority, stranger] = [makeAuthority(folder, 'fleet'), makeAuthority(folder, 'stranger')];
});
after(() => { rmSync(folder, { recursive: true, force: true }); });

const signal = new AbortController().signal;
const options = (nats: string, more: Partial<ClusterOptions> = {}): ClusterOptions => ({ signal, nats, creds: null, nkey: null, tls: { ca: null, cert: null, key: null }, ...more });

async function connected(context: TestContext, given: ClusterOptions): Promise<Connection> {
  const connection = await connectCluster(given, 'client', keptOutput(false).output);
  context.after(() => connection.close());
  return connection;
}

/** Code, exit code and words of a connection that fails. */
async function failing(given: ClusterOptions): Promise<{ readonly code: string; readonly exitCode: number; readonly message: string; readonly advice: string | null }> {
  const failure = await connectCluster(given, 'client', keptOutput(false).output).then(async (connection) => { await connection.close(); return null; }, failureOf);
  assert.ok(failure !== null, 'it was let in');
  return failure;
}

function secretFile(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

async function serverOf(context: TestContext, configuration: string): Promise<NatsServer> {
  const server = await startNatsServer(configuration);
  context.after(() => server.close());
  return server;
}

/** A question to itself, large both ways: its inbox and its pull subject are permitted under that word. */
async function asksItself({ bytes }: Connection): Promise<void> {
  bytes.serve('asked', (payload) => payload);
  assert.deepEqual(await bytes.request('asked', pattern(3_000_000), asked), pattern(3_000_000));
}

const own = (word: string): readonly string[] => ['asked', `ebm.pull.${word}.*`, `_INBOX.${word}.>`];

test('an nkey, made as the documentation says: in with it under its public key, or a name; refused with another', async (context) => {
  const nkey = join(folder, 'own.nk');
  const { stdout, status } = spawnSync(process.execPath, ['deploy/nats/nkey.mjs', nkey], { encoding: 'utf8' });
  const key = stdout.trim();
  assert.deepEqual([status, /^U[A-Z0-9]{55}$/.test(key), statSync(nkey).mode & 0o777], [0, true, 0o600]);
  assert.equal(spawnSync(process.execPath, ['deploy/nats/nkey.mjs', nkey]).status, 2, 'a key is never overwritten');
  const allowed = JSON.stringify([...own(key), ...own('worker-3')]);
  const server = await serverOf(context, `authorization: { users: [ { nkey: ${key}, permissions: { publish: { allow: ${allowed} }, subscribe: { allow: ${allowed} } } } ] }`);
  await asksItself(await connected(context, options(server.url, { nkey })));
  process.env['EBM_NATS_USER'] = 'worker-3';
  context.after(() => { delete process.env['EBM_NATS_USER']; });
  await asksItself(await connected(context, options(server.url, { nkey })));
  const seed = new TextDecoder().decode(nkeys.createUser().getSeed());
  const refused = await failing(options(server.url, { nkey: secretFile('other.nk', seed) }));
  assert.deepEqual([refused.code, refused.exitCode], ['not-authorized', 2]);
  assert.ok(!refused.message.includes(seed));
});

test('a credentials file: in with it under its name, refused with that of another operator', async (context) => {
  const operator = makeOperator();
  const server = await serverOf(context, operator.configuration);
  const permissions = { publish: own('ann'), subscribe: own('ann') };
  await asksItself(await connected(context, options(server.url, { creds: secretFile('ann.creds', operator.credentials('ann', permissions)) })));
  const refused = await failing(options(server.url, { creds: secretFile('other.creds', makeOperator().credentials('ann', permissions)) }));
  assert.deepEqual([refused.code, refused.exitCode], ['not-authorized', 2]);
});

test('a refused password and a server that is not there: what is wrong, its exit code, and no password', async (context) => {
  const server = await serverOf(context, 'authorization: { user: ann, password: right }');
  process.env['EBM_NATS_USER'] = 'ann';
  process.env['EBM_NATS_PASSWORD'] = 'wrong-secret';
  context.after(() => { delete process.env['EBM_NATS_USER']; delete process.env['EBM_NATS_PASSWORD']; });
  const refused = await failing(options(server.url));
  assert.deepEqual([refused.code, refused.exitCode], ['not-authorized', 2]);
  await server.stop();
  const absent = await failing(options(server.url));
  assert.deepEqual([absent.code, absent.exitCode], ['unreachable', 3]);
  for (const { message, advice } of [refused, absent]) assert.ok(!`${message}${advice}`.includes('wrong-secret'));
});

const tlsBlock = (of: { readonly cert: string; readonly key: string }, more = ''): string => `tls { cert_file: "${of.cert}", key_file: "${of.key}", ca_file: "${authority.ca}" ${more} }`;
const secure = (server: NatsServer, host = '127.0.0.1'): string => `tls://${host}:${server.port}`;

test('TLS with client certificates: in with one of the authority; without, with a stranger\'s authority, or by a name that it does not have, not', async (context) => {
  const server = await serverOf(context, tlsBlock(authority.issue('server', 'IP:127.0.0.1'), ', verify: true'));
  const { cert, key } = authority.issue('client', 'DNS:client');
  await asksItself(await connected(context, options(secure(server), { tls: { ca: authority.ca, cert, key } })));
  const cases: readonly (readonly [string, ClusterOptions, RegExp])[] = [
    ['no certificate', options(secure(server), { tls: { ca: authority.ca, cert: null, key: null } }), /lets in only clients with a certificate, and none was given/],
    ['untrusted', options(secure(server), { tls: { ca: stranger.ca, cert, key } }), /unable to verify/],
    ['no authority', options(server.url), /unable to verify/],
    ['another name', options(secure(server, 'localhost'), { tls: { ca: authority.ca, cert, key } }), /does not match certificate's altnames/],
  ];
  for (const [name, given, words] of cases) {
    const refused = await failing(given);
    assert.deepEqual([refused.code, refused.exitCode], ['certificate', 2], `${name}: ${refused.message}`);
    assert.match(refused.message, words);
    assert.match(refused.advice ?? '', /--tls-ca/);
  }
  const foreign = stranger.issue('client', 'DNS:client');
  await assert.rejects(
    connectNats({ url: secure(server), name: 'test', clock: realClock(), tls: { caFile: authority.ca, certFile: foreign.cert, keyFile: foreign.key }, limits: { connectTimeoutMs: 1_000 } }),
    { name: 'NatsConnectError', code: 'certificate' });
});

test('a certificate of "localhost" is none of 127.0.0.1', async (context) => {
  const server = await serverOf(context, tlsBlock(authority.issue('local', 'DNS:localhost')));
  const tls = { ca: authority.ca, cert: null, key: null };
  await asksItself(await connected(context, options(secure(server, 'localhost'), { tls })));
  const refused = await failing(options(secure(server), { tls }));
  assert.deepEqual([refused.code, refused.exitCode], ['certificate', 2]);
  assert.match(refused.message, /127\.0\.0\.1 is not in the cert's list/);
});

test('tls:// is never answered in the clear', async (context) => {
  const server = await serverOf(context, '');
  const refused = await failing(options(secure(server)));
  assert.deepEqual([refused.code, refused.exitCode], ['no-tls', 2]);
});
