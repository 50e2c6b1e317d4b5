// A whole job under deploy/nats: real processes, each logged in as a user of its own with what its role needs and no more. It ends with the bits
// of `ebm train`, in the clear on loopback and over TLS with client certificates.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ebm, type Ended, type Line } from '../process/support.ts';
import { makeAuthority, type Certificate } from '../support/certificates.ts';
import { loginAs, passwordOf, startGuardedServer, USERS, type User } from '../support/guarded-server.ts';
import { Role } from '../support/role.ts';

const EXAMPLE = resolve('examples/mnist-rbm.yaml');
const SHORT = ['train.updates=20', 'train.chains=60', 'checkpoint.every=10', 'ledger.every=5', 'evaluate=off'].flatMap((each) => ['--set', each]);

const bitsOf = (line: Line | undefined): readonly unknown[] => [line?.['parameters'], line?.['chains'], line?.['ledger']];

describe('under least privilege', { concurrency: 1 }, () => {
  let folder: string;
  let expected: readonly unknown[];
  const roles: Role[] = [];
  const said: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ebm-security-'));
    expected = bitsOf((await ebm(['train', EXAMPLE, ...SHORT, '--threads', '1', '--out', 'direct', '--json'], { cwd: folder })).lines.at(-1));
    assert.match(String(expected[0]), /^sha256:/);
  });
  after(async () => {
    for (const role of roles) await role.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  type Environments = (user: User) => Readonly<Record<string, string>>;

  async function client(words: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
    const end = await ebm([...words, '--json'], { cwd: folder, env });
    said.push(end.stdout, end.stderr);
    return end;
  }

  /** Coordinator, two workers, a job that is submitted and followed, an observer that looks; all leave when told. */
  async function wholeJob(store: string, env: Environments): Promise<void> {
    const role = (user: User, ...words: readonly string[]): Role => {
      const made = new Role([...words, '--threads', '1'], { cwd: folder, env: env(user) });
      roles.push(made);
      return made;
    };
    const leader = role('coordinator', 'coordinator', '--store', store);
    await leader.says(({ kind }) => kind === 'leading');
    const workers = [role('worker-1', 'worker', '--name', 'worker-1'), role('worker-2', 'worker', '--name', 'worker-2')];
    const left = [leader, ...workers].map(async (one) => { const code = await one.end; throw new Error(`a role left with ${code}: ${JSON.stringify(one.lines.at(-1))}`); });
    const followed = await Promise.race([client(['submit', EXAMPLE, ...SHORT, '--follow'], env('submitter')), ...left]);
    assert.equal(followed.status, 0, `${followed.stdout}${followed.stderr}`);
    assert.deepEqual(bitsOf(followed.lines.at(-1)), expected);
    const seen = await client(['list'], env('observer'));
    assert.deepEqual(seen.lines.map((line) => [line.kind, line['state']]), [['job', 'finished']], seen.stdout);
    const refused = await client(['cancel', String(seen.lines[0]?.['id'])], env('observer'));
    assert.equal(refused.status, 2, refused.stdout);
    assert.match(String(refused.lines.at(-1)?.['message']), /^user observer may not publish on ebm\.jobs\.cancel: the NATS server's permissions do not allow it$/);
    for (const one of [...workers, leader]) {
      assert.equal(await one.kill('SIGTERM'), 0, `${JSON.stringify(one.lines.at(-1))}${one.stderr}`);
      said.push(JSON.stringify(one.lines), one.stderr);
      assert.deepEqual(one.lines.filter(({ kind }) => kind === 'warning'), [], 'nothing that it needs is refused');
    }
  }

  test('on loopback, with passwords: a whole job', async () => {
    const server = await startGuardedServer();
    try {
      await wholeJob('store-plain', (user) => ({ ...loginAs(user), EBM_NATS: server.url }));
    } finally {
      await server.close();
    }
  });

  test('over TLS with client certificates, passwords from files: a whole job', async () => {
    const authority = makeAuthority(folder, 'fleet');
    const own = authority.issue('server', 'IP:127.0.0.1');
    const certificates = new Map<User, Certificate>(USERS.map((user) => [user, authority.issue(user, `DNS:${user}`)]));
    const server = await startGuardedServer('nats-server-tls.conf', { EBM_NATS_LISTEN: '127.0.0.1:4222', EBM_NATS_TLS_CERT: own.cert, EBM_NATS_TLS_KEY: own.key, EBM_NATS_TLS_CA: authority.ca });
    for (const user of USERS) writeFileSync(join(folder, `${user}.password`), `${passwordOf(user)}\n`, { mode: 0o600 });
    try {
      await wholeJob('store-tls', (user) => ({
        EBM_NATS: server.url.replace('nats://', 'tls://'), EBM_NATS_USER: user, EBM_NATS_PASSWORD_FILE: join(folder, `${user}.password`),
        EBM_TLS_CA: authority.ca, EBM_TLS_CERT: certificates.get(user)!.cert, EBM_TLS_KEY: certificates.get(user)!.key,
      }));
    } finally {
      await server.close();
    }
  });

  test('a role whose user lacks a permission ends with the subject and the user, and does not wait for a job', async () => {
    const server = await startGuardedServer();
    const as = (user: User): Promise<Ended>[] => [
      ['worker', '--name', 'worker-2', '--threads', '1'], ['worker', '--name', 'somebody', '--threads', '1'], ['coordinator', '--store', `store-${user}`, '--threads', '1'],
    ].map((words) => client(words, { ...loginAs(user), EBM_NATS: server.url }));
    const leader: Role = new Role(['coordinator', '--store', 'store-lacking', '--threads', '1'], { cwd: folder, env: { ...loginAs('coordinator'), EBM_NATS: server.url } });
    roles.push(leader);
    try {
      await leader.says(({ kind }) => kind === 'leading');
      const ends = await Promise.all([...as('observer'), ...as('worker-1')]);
      assert.deepEqual(ends.map(({ status }) => status), [2, 2, 2, 2, 2, 2], JSON.stringify(ends.map(({ stdout }) => stdout)));
      assert.deepEqual(ends.map(({ lines }) => /^(user \S+ may not \S+ \S+ \S+?): /.exec(String(lines.at(-1)?.['message']))?.[1]?.replace(/(?<=subscribe to ebm\.)(jobs|cluster)\..*/, '*') ?? lines.at(-1)?.['code']), [
        'user observer may not subscribe to ebm.run.permission-check.worker.worker-2', 'user observer may not subscribe to ebm.run.permission-check.worker.somebody', 'another-cluster', // it may look, and sees the leader
        'user worker-1 may not subscribe to ebm.run.permission-check.worker.worker-2', 'user worker-1 may not subscribe to ebm.run.permission-check.worker.somebody',
        'user worker-1 may not subscribe to ebm.*',
      ]);
    } finally {
      await leader.kill('SIGTERM');
      await server.close();
    }
  });

  test('no process has said a password', () => {
    assert.ok(said.join('').includes('observer'));
    for (const user of USERS) assert.ok(!said.join('').includes(passwordOf(user)), `that of ${user} was said`);
  });
});
