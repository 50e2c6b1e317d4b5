// Checkpoints that were damaged while no process was there: `ebm resume` says which file it cannot use and why, goes on from the one
// before, and ends with the same bits; and it does not throw a run away without being told to.
import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bits, checkpoint, contentOf, folder, last, messages, ofKind, type Ended } from './support.ts';

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  writeFileSync(path, bytes);
}

describe('ebm resume of a run with damaged checkpoints', { concurrency: 2 }, () => {
  const here = folder();
  let trained: Ended;
  before(async () => { trained = await here.run(['train', 'job.yaml', '--out', 'run']); });
  after(() => { here.remove(); });

  const DAMAGES: readonly (readonly [what: string, name: string, file: string, damage: (path: string) => void, why: RegExp])[] = [
    ['truncated', 'truncated', 'state.bin', (path) => { truncateSync(path, 1_000); }, /is truncated: it has 1000 bytes, its manifest says \d+; this checkpoint was passed over$/],
    ['changed in one bit', 'flipped-state', 'state.bin', (path) => { flip(path, -1); }, /was changed: its SHA-256 is not the one in its manifest; this checkpoint was passed over$/],
    ['changed in one bit', 'flipped-model', 'parameters.safetensors', (path) => { flip(path, -1); }, /was changed: its SHA-256 is not the one in its manifest; this checkpoint was passed over$/],
    ['missing', 'no-manifest', 'manifest.json', (path) => { rmSync(path); }, /is missing; this checkpoint was passed over$/],
    ['of a newer format', 'newer', 'manifest.json', (path) => { writeFileSync(path, readFileSync(path, 'utf8').replace('"formatVersion": 1', '"formatVersion": 7')); },
      /has format version 7, this program reads up to 1: use a newer ebm-fleet; this checkpoint was passed over$/],
  ];
  for (const [what, name, file, damage, why] of DAMAGES) {
    test(`whose newest ${file} is ${what} names it and goes on from the one before, with the same bits`, async () => {
      here.copy('run', name);
      const path = join(name, checkpoint(60), file);
      damage(here.file(path));
      const resumed = await here.run(['resume', name]);
      const [warning, ...more] = messages(resumed);
      assert.deepEqual(more, []);
      assert.ok(warning?.startsWith(path) === true, warning);
      assert.match(warning, why);
      assert.equal(ofKind(resumed, 'started')[0]?.['update'], 40);
      assert.deepEqual(bits(resumed), bits(trained));
    });
  }

  test('of which none is good refuses and touches nothing; without them it begins at the seed, with the same bits', async () => {
    here.copy('run', 'all');
    for (const update of [20, 40, 60]) flip(here.file('all', checkpoint(update), 'state.bin'), -9);
    const before = contentOf(here.file('all'));
    const refused = await here.run(['resume', 'all']);
    assert.equal(refused.status, 1);
    const { code, message } = last(refused, 'failed');
    assert.equal(code, 'damaged');
    for (const update of [20, 40, 60]) assert.ok(String(message).includes(`${join('all', checkpoint(update), 'state.bin')} was changed`));
    assert.match(String(message), /To compute the run again from its seed, with the same bits, move all\/checkpoints away first\.$/);
    assert.deepEqual(contentOf(here.file('all')), before);
    renameSync(here.file('all', 'checkpoints'), here.file('moved-away'));
    const resumed = await here.run(['resume', 'all']);
    assert.deepEqual([messages(resumed), ofKind(resumed, 'started')[0]?.['update']], [[], 0]);
    assert.deepEqual(bits(resumed), bits(trained));
  });

  test('whose models are damaged too cannot be evaluated, with the same remedy', async () => {
    here.copy('run', 'models');
    for (const update of [20, 40, 60]) flip(here.file('models', checkpoint(update), 'parameters.safetensors'), -9);
    const evaluated = await here.run(['evaluate', 'models']);
    assert.deepEqual([evaluated.status, last(evaluated, 'failed')['code']], [1, 'damaged']);
    assert.match(String(last(evaluated, 'failed')['message']), /^models\/checkpoints: no checkpoint can be used: .*\. Put one of them back from a copy\. To compute the run again from its seed, with the same bits, move models\/checkpoints away first\.$/);
  });

  test('and of a ledger whose last line is torn cuts it off with a warning, and ends with the same ledger', async () => {
    here.copy('run', 'torn');
    const ledger = here.file('torn', 'ledger.jsonl');
    const whole = readFileSync(ledger);
    rmSync(here.file('torn', checkpoint(60)), { recursive: true });
    truncateSync(ledger, whole.length - 20);
    const resumed = await here.run(['resume', 'torn']);
    assert.match(messages(resumed)[0] ?? '', /^torn\/ledger\.jsonl: line 12: it has no end: its writer was interrupted; it was cut off$/);
    assert.deepEqual(bits(resumed), bits(trained));
  });

  test('and of a ledger that was changed says so, keeps it aside, and goes on with the same model', async () => {
    here.copy('run', 'changed');
    const ledger = here.file('changed', 'ledger.jsonl');
    writeFileSync(ledger, readFileSync(ledger, 'utf8').replace('"update":25', '"update":26'));
    rmSync(here.file('changed', checkpoint(60)), { recursive: true });
    const resumed = await here.run(['resume', 'changed']);
    const [broken, gap] = messages(resumed);
    assert.match(broken ?? '', /^changed\/ledger\.jsonl: line 5: it was changed: its digest is not that of its entry; lines from there on are not used$/);
    assert.match(gap ?? '', /^changed\/ledger\.jsonl: it does not hold line 8, up to which the checkpoint of update 40 counts/);
    assert.deepEqual(bits(resumed), bits(trained));
    assert.ok(contentOf(here.file('changed')).has('ledger.damaged-1.jsonl'));
    const verified = await here.run(['verify', 'changed']);
    assert.match(messages(verified)[0] ?? '', /^ledger\.jsonl, line 5: the chain was broken here and went on as line 9/);
    assert.deepEqual([verified.status, last(verified, 'verified')['compared']], [0, 8]);
  });
});
