// The file lease: dead holders, races between takers, and what people are told.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileLease, isLockName } from '../../../platform/lease/file.ts';
import type { Lease } from '../../../platform/lease/lease.ts';
import { processes, type ProcessIdentity, type Processes, type ProcessState } from '../../../platform/lease/processes.ts';
import type { Files } from '../../../platform/store/files.ts';
import { nodeFiles } from '../../../platform/store/node-files.ts';
import { SimulatedDisk } from '../../support/disk.ts';
import { Faults, withFaults } from '../../support/faults.ts';

const nowMs = (): number => Date.UTC(2026, 10, 23, 12);

/** Processes by number, which the test lets live and die. */
class Town {
  readonly states = new Map<number, ProcessState>();
  as(pid: number): Processes {
    const self: ProcessIdentity = { pid, host: 'anna', startTicks: pid * 10, bootId: 'boot', machineId: null, pidNamespace: null };
    this.states.set(pid, 'alive');
    return { self: () => self, stateOf: (other) => this.states.get(other.pid) ?? 'dead' };
  }
}

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state ^ (state >>> 13)) % 1000 / 1000;
  };
}

/** Every operation happens some turns later, so that those of several takers interleave in many orders. */
function shuffled(files: Files, next: () => number): Files {
  const wait = async (): Promise<void> => {
    // Now and then long enough for another to take the lease and give it up in between.
    for (let turns = Math.floor(next() * (next() < 0.2 ? 400 : 12)); turns > 0; turns -= 1) await Promise.resolve();
  };
  return {
    ...files,
    list: async (path) => { await wait(); const names = await files.list(path); await wait(); return names; },
    link: async (from, to) => { await wait(); await files.link(from, to); await wait(); },
    unlink: async (path) => { await wait(); await files.unlink(path); },
    rename: async (from, to) => { await wait(); await files.rename(from, to); await wait(); },
    open: async (path) => { await wait(); return files.open(path); },
  };
}

async function simulated(): Promise<{ disk: SimulatedDisk; files: Files; town: Town; lease: (pid: number, files?: Files) => Lease }> {
  const disk = new SimulatedDisk();
  const files = disk.files();
  await files.makeDirectory('run');
  const town = new Town();
  return { disk, files, town, lease: (pid, through = files) => fileLease({ files: through, directory: 'run', processes: town.as(pid), nowMs }) };
}

describe('file lease', () => {
  test('a live holder is named: number, host, since when, and how to get past it', async () => {
    const { lease } = await simulated();
    await lease(4711).take();
    assert.deepEqual(await lease(4712).take(), {
      kind: 'held',
      by: { name: 'pid 4711 on host anna', since: '2026-11-23T12:00:00.000Z', remedy: 'Wait until it has ended, or stop it (kill 4711), and try again.', pid: 4711, isCertain: true },
    });
  });

  test('a second taker in the same process is told so', async () => {
    const { lease } = await simulated();
    await lease(7).take();
    const outcome = await lease(7).take();
    assert.equal(outcome.kind, 'held');
    assert.match(outcome.by.name, /this process itself \(pid 7\)/);
  });

  test('the lease of a dead process is taken over, and one lock remains', async () => {
    const { lease, town, files } = await simulated();
    await lease(1).take();
    town.states.set(1, 'dead');
    assert.equal((await lease(2).take()).kind, 'taken');
    assert.deepEqual(await files.list('run'), ['.lock.2']);
  });

  test('a holder that cannot be judged from here keeps it, and the file to delete is named', async () => {
    const { lease, town } = await simulated();
    await lease(1).take();
    town.states.set(1, 'unknown');
    const outcome = await lease(2).take();
    assert.equal(outcome.kind, 'held');
    assert.equal(outcome.by.remedy, 'If it no longer runs, delete run/.lock.1 and try again.');
  });

  test('a lock that is not one of this version is respected, and named', async () => {
    for (const content of ['', '{', 'null', '{"formatVersion":2,"number":3}', '{"formatVersion":1,"number":3,"since":"x","process":{"pid":"1"}}']) {
      const { lease, files } = await simulated();
      const file = await files.create('run/.lock.3');
      await file.write(new TextEncoder().encode(content));
      const outcome = await lease(2).take();
      assert.equal(outcome.kind, 'held', content);
      assert.match(outcome.by.remedy, /delete run\/\.lock\.3/);
    }
  });

  test('F1, F2: whatever the order of their operations, two never hold it at once and one always gets it', async () => {
    for (let seed = 1; seed <= 250; seed += 1) {
      const { lease, town, files } = await simulated();
      await lease(1).take();
      town.states.set(1, 'dead');
      const next = random(seed);
      let holding = 0;
      let taken = 0;
      await Promise.all([2, 3, 4, 5].map(async (pid) => {
        const contender = lease(pid, shuffled(files, next));
        for (let round = 0; round < 4; round += 1) {
          if ((await contender.take()).kind === 'held') continue;
          holding += 1;
          taken += 1;
          assert.equal(holding, 1, `seed ${seed}: two hold the lease`);
          for (let turns = Math.floor(next() * 30); turns > 0; turns -= 1) await Promise.resolve();
          assert.equal((await contender.renew()).kind, 'renewed', `seed ${seed}: the holder lost it`);
          holding -= 1;
          // Some give up, some die.
          if (next() < 0.7) await contender.giveUp();
          else {
            town.states.set(pid, 'dead');
            return;
          }
        }
      }));
      assert.ok(taken > 0, `seed ${seed}: nobody got it`);
      assert.equal((await files.list('run')).filter((name) => name.startsWith('.tmp-')).length, 0);
    }
  });

  test('a taker that dies at any instant leaves a lease that the next one gets', async () => {
    for (let at = 1; ; at += 1) {
      const { lease, town, files, disk } = await simulated();
      const faults = new Faults({ at, effect: { kind: 'crash' } });
      const first = lease(1, withFaults(files, faults));
      const crashed = await first.take().then(() => first.giveUp()).then(() => false, () => true);
      if (!crashed) {
        assert.ok(at > 6);
        break;
      }
      town.states.set(1, 'dead');
      disk.powerLoss(at % 2 === 0 ? 'kept' : 'lost');
      assert.equal((await disk.files().describe('run')) === null || (await lease(2).take()).kind === 'taken', true, `operation ${at}`);
    }
  });

  test('F3: a lease is given up on a full disk too', async () => {
    const { lease, files } = await simulated();
    const faults = new Faults();
    const holder = lease(1, withFaults(files, faults));
    await holder.take();
    const full = lease(1, withFaults(files, new Faults({ at: 1, of: 'write', effect: { kind: 'fail', code: 'ENOSPC' } })));
    await assert.rejects(full.take().then((outcome) => { assert.equal(outcome.kind, 'held'); throw new Error('held'); }), /held/);
    const writes = faults.count('write');
    await holder.giveUp();
    assert.equal(faults.count('write'), writes);
    assert.equal((await lease(2).take()).kind, 'taken');
  });

  test('taking it on a full disk is an error that says so, and leaves nothing', async () => {
    const { lease, files } = await simulated();
    const full = lease(1, withFaults(files, new Faults({ at: 1, of: 'write', effect: { kind: 'fail', code: 'ENOSPC' } })));
    await assert.rejects(full.take(), { name: 'StorageError', code: 'disk-full', message: /^run: the disk is full \(ENOSPC, while taking the lock\)\. Free some space/ });
    assert.deepEqual(await files.list('run'), []);
    assert.equal((await lease(2).take()).kind, 'taken');
  });

  test('names of locks are told from names of contents', () => {
    assert.deepEqual(['.lock.1', '.lock.20', '.lock.0', '.lock.01', 'lock.1', '.lock.1.x', 'job.json'].map(isLockName), [true, true, false, false, false, false, false]);
  });

  test('on a real disk, of several processes that find a dead one exactly one gets the lease', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ebm-lease-race-'));
    try {
      const script = `
        const [{ fileLease }, { processes }, { nodeFiles }] = await Promise.all(process.argv.slice(2).map((url) => import(url)));
        const lease = fileLease({ files: nodeFiles(), directory: process.argv[1], processes: processes(), nowMs: Date.now });
        process.stdout.write('ready\\n');
        process.stdin.once('data', async () => { process.stdout.write((await lease.take()).kind + '\\n'); });`;
      const modules = ['lease/file.js', 'lease/processes.js', 'store/node-files.js'].map((name) => new URL(`../../../platform/${name}`, import.meta.url).href);
      const start = async (): Promise<{ go: () => Promise<string>; kill: () => Promise<void> }> => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory, ...modules], { stdio: ['pipe', 'pipe', 'inherit'] });
        const lines = child.stdout.setEncoding('utf8');
        await once(lines, 'data');
        return {
          go: async () => {
            child.stdin.write('go\n');
            const [line] = await once(lines, 'data') as [string];
            return line.trim();
          },
          kill: async () => {
            child.kill('SIGKILL');
            await once(child, 'exit');
          },
        };
      };
      const first = await start();
      assert.equal(await first.go(), 'taken');
      const others = await Promise.all([start(), start(), start()]);
      const refused = await fileLease({ files: nodeFiles(), directory, processes: processes(), nowMs }).take();
      assert.equal(refused.kind, 'held');
      await first.kill();
      const outcomes = await Promise.all(others.map((other) => other.go()));
      assert.deepEqual(outcomes.sort(), ['held', 'held', 'taken']);
      await Promise.all(others.map((other) => other.kill()));
      assert.deepEqual((await readdir(directory)).filter((name) => !isLockName(name)), []);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
