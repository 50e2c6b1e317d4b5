// What flags and environment make of a login: read, looked at, refused when it contradicts itself, and never repeated in a message.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nkeys } from 'nats';
import { connectionFlags, loginOf } from '../../../cli/cluster/login.ts';
import type { ClusterOptions } from '../../../cli/commands/actions.ts';
import { UsageError } from '../../../cli/terminal/failure.ts';
import type { Environment } from '../../../cli/terminal/style.ts';
import { makeAuthority, type Authority } from '../../support/certificates.ts';
import { makeOperator } from '../../support/nats-credentials.ts';
import { fakeActions, ran } from './support.ts';

const SECRET = 'correct-horse';
const SEED = new TextDecoder().decode(nkeys.createUser().getSeed());

let folder: string;
let authority: Authority;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebm-login-'));
  authority = makeAuthority(folder, 'fleet');
});
after(() => { rmSync(folder, { recursive: true, force: true }); });

function file(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const none = { ca: null, cert: null, key: null };
const options = (more: Partial<ClusterOptions> = {}): ClusterOptions => ({ signal: new AbortController().signal, nats: 'nats://127.0.0.1:4222', creds: null, nkey: null, tls: none, ...more });

async function refused(more: Partial<ClusterOptions>, environment: Environment, code: string, words: RegExp): Promise<void> {
  await assert.rejects(loginOf(options(more), environment), (error: unknown) => {
    assert.ok(error instanceof UsageError);
    assert.deepEqual([error.code, error.exitCode], [code, 2]);
    assert.match(error.message, words);
    for (const secret of [SECRET, SEED]) assert.ok(!`${error.message}${error.advice}`.includes(secret));
    return true;
  });
}

test('nothing given is a server without users; a password belongs to a user, from the environment or a file', async () => {
  assert.deepEqual(await loginOf(options(), {}), { server: { url: ['nats://127.0.0.1:4222'] }, word: null, warnings: [] });
  const expected = { server: { url: ['nats://127.0.0.1:4222'], user: 'ann.b', password: SECRET }, word: 'ann_b', warnings: [] };
  assert.deepEqual(await loginOf(options(), { EBM_NATS_USER: 'ann.b', EBM_NATS_PASSWORD: SECRET, EBM_NATS_PASSWORD_FILE: '' }), expected);
  assert.deepEqual(await loginOf(options(), { EBM_NATS_USER: 'ann.b', EBM_NATS_PASSWORD_FILE: file('password', `${SECRET}\n`) }), expected);
  await refused({}, { EBM_NATS_PASSWORD: SECRET }, 'user-missing', /EBM_NATS_PASSWORD is set, and EBM_NATS_USER is not/);
  await refused({}, { EBM_NATS_USER: 'ann' }, 'password-missing', /without anything that proves it/);
});

test('nkeys and credentials files say who we are, unless EBM_NATS_USER does; a certificate without them too', async () => {
  const key = nkeys.fromSeed(new TextEncoder().encode(SEED)).getPublicKey();
  const nkey = file('ann.nk', `${SEED}\n`);
  assert.deepEqual(await loginOf(options({ nkey }), {}), { server: { url: ['nats://127.0.0.1:4222'], nkeySeed: SEED }, word: key, warnings: [] });
  assert.equal((await loginOf(options({ nkey }), { EBM_NATS_USER: 'worker-1' })).word, 'worker-1');
  const creds = file('bob.creds', makeOperator().credentials('bob', { publish: ['>'], subscribe: ['>'] }));
  assert.equal((await loginOf(options({ creds }), {})).word, 'bob');
  const { cert, key: keyFile } = authority.issue('carol', 'DNS:carol');
  const login = await loginOf(options({ tls: { ca: authority.ca, cert, key: keyFile } }), {});
  assert.deepEqual([login.word, login.server.tls], ['carol', { caFile: authority.ca, certFile: cert, keyFile }]);
});

test('two ways to log in contradict each other, whether by flag or environment', async () => {
  const [creds, nkey] = ['a.creds', 'a.nk'];
  await refused({ creds, nkey }, {}, 'contradictory-credentials', /2 ways to log in.*--creds.*--nkey/);
  await refused({ nkey }, { EBM_NATS_USER: 'ann', EBM_NATS_PASSWORD: SECRET }, 'contradictory-credentials', /an nkey.*EBM_NATS_PASSWORD/);
  await refused({}, { EBM_NATS_USER: 'ann', EBM_NATS_PASSWORD: SECRET, EBM_NATS_PASSWORD_FILE: 'x' }, 'contradictory-credentials', /EBM_NATS_PASSWORD, EBM_NATS_PASSWORD_FILE/);
});

test('files that are missing, empty, too long or of another kind are named, and their content is not', async () => {
  await refused({ creds: join(folder, 'nowhere') }, {}, 'unreadable-file', /nowhere .* does not exist/);
  await refused({ nkey: file('empty', ' \n') }, {}, 'unreadable-file', /is empty/);
  await refused({ nkey: file('long', 'x'.repeat(1_048_577)) }, {}, 'unreadable-file', /more than the 1048576 bytes/);
  await refused({ nkey: folder }, {}, 'unreadable-file', /cannot be read/);
  await refused({ nkey: file('bad.nk', SECRET) }, {}, 'bad-credentials', /no seed of an nkey/);
  await refused({ nkey: file('account.nk', new TextDecoder().decode(nkeys.createAccount().getSeed())) }, {}, 'bad-credentials', /not of a user/);
  await refused({ creds: file('bad.creds', SEED) }, {}, 'bad-credentials', /no credentials file/);
  const [one, two] = [authority.issue('one', 'DNS:one'), authority.issue('two', 'DNS:two')];
  const tls = (more: Partial<ClusterOptions['tls']>): Partial<ClusterOptions> => ({ tls: { ...none, ...more } });
  await refused(tls({ ca: file('ca', SECRET) }), {}, 'bad-certificate', /holds no certificate/);
  await refused(tls({ cert: one.cert }), {}, 'incomplete-certificate', /a certificate .* without its key/);
  await refused(tls({ key: one.key }), {}, 'incomplete-certificate', /a key .* without its certificate/);
  await refused(tls({ cert: one.cert, key: two.key }), {}, 'certificate-mismatch', /is not that of the certificate/);
  await refused(tls({ cert: one.cert, key: one.cert }), {}, 'bad-key', /holds no private key/);
  await refused(tls({ cert: one.cert, key: file('locked', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n') }), {}, 'encrypted-key', /with a passphrase/);
});

test('URLs: several with commas, of one kind, without a password', async () => {
  assert.deepEqual((await loginOf(options({ nats: 'tls://a:1, tls://[::1]:2' }), {})).server.url, ['tls://a:1', 'tls://[::1]:2']);
  assert.deepEqual((await loginOf(options({ nats: 'a:1' }), {})).server.url, ['nats://a:1']);
  await refused({ nats: `nats://ann:${SECRET}@a:1` }, {}, 'password-in-url', /contains a user or a password/);
  await refused({ nats: `nats://${SECRET}@a` }, {}, 'password-in-url', /contains a user or a password/);
  await refused({ nats: 'nats://a,tls://b' }, {}, 'mixed-urls', /some are not/);
  for (const nats of ['', ' , ', 'http://a:1', 'nats://', 'nats://a:99999']) await refused({ nats }, {}, 'bad-url', /names no server|is no URL of a NATS server/);
});

test('a secret that everybody can read is used, with a warning; a certificate is no secret', async () => {
  const nkey = file('open.nk', SEED, 0o644);
  assert.deepEqual((await loginOf(options({ nkey }), {})).warnings, [`${nkey} holds a secret, and every user of this machine can read it: chmod o-r ${nkey}`]);
  const { cert, key } = authority.issue('dave', 'DNS:dave');
  [cert, authority.ca].forEach((path) => { chmodSync(path, 0o644); });
  chmodSync(key, 0o600);
  assert.deepEqual((await loginOf(options({ tls: { ca: authority.ca, cert, key } }), {})).warnings, []);
});

test('flags come before the environment, and no help shows what stands there', async () => {
  const { actions, asked } = fakeActions();
  const environment = { EBM_NATS: 'tls://there', EBM_CREDS: 'env.creds', EBM_NKEY: 'env.nk', EBM_TLS_CA: 'env.ca', EBM_TLS_CERT: 'env.cert', EBM_TLS_KEY: 'env.key', EBM_NATS_PASSWORD: SECRET };
  await ran(['list', '--nkey', 'flag.nk', '--tls-ca', 'flag.ca'], actions, environment);
  const { signal, ...given } = asked[0]?.options as ClusterOptions;
  assert.ok(signal instanceof AbortSignal);
  assert.deepEqual(given, { nats: 'tls://there', creds: 'env.creds', nkey: 'flag.nk', tls: { ca: 'flag.ca', cert: 'env.cert', key: 'env.key' } });
  assert.deepEqual(connectionFlags({ signal, ...given }), ['--nats', 'tls://there', '--creds', 'env.creds', '--nkey', 'flag.nk', '--tls-ca', 'flag.ca', '--tls-cert', 'env.cert', '--tls-key', 'env.key']);
  const help = await ran(['list', '--help'], actions, environment);
  for (const value of Object.values(environment)) assert.ok(!help.stdout.includes(value), value);
  assert.match(help.stdout, /--tls-key <FILE>/);
});
