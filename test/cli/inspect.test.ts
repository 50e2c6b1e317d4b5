// `ebm inspect`: what a run directory holds, whole and damaged, in words and as one object.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertMistake, ebm, ebmJson, temporaryFolder, trainSmallRun } from '../support/small-run.ts';

const folder = temporaryFolder();
let run = '';
before(async () => { run = await trainSmallRun(folder.path); });
after(() => { folder.remove(); });

/** A copy of the run to do harm to. */
function copy(name: string): string {
  const path = folder.file(name);
  cpSync(run, path, { recursive: true });
  return path;
}

interface Inspected {
  readonly name: string;
  readonly update: number | null;
  readonly updates: number;
  readonly checkpoints: readonly { readonly update: number; readonly good: boolean; readonly problem: string | null; readonly reason: string | null }[];
  readonly ledger: { readonly lines: number; readonly update: number; readonly intact: boolean; readonly problems: readonly { readonly kind: string; readonly line: number }[] };
  readonly figures: { readonly update: number; readonly testLogLikelihood: unknown } | null;
  readonly warnings: readonly string[];
}

const inspected = async (path: string): Promise<Inspected> => await ebmJson('inspected', 'inspect', path) as unknown as Inspected;

test('a whole run: how far, checkpoints, ledger, figures', async () => {
  const found = await inspected(run);
  assert.deepEqual([found.name, found.update, found.updates], ['bars', 60, 60]);
  assert.deepEqual(found.checkpoints.map(({ update, good, problem, reason }) => ({ update, good, problem, reason })), [
    { update: 60, good: true, problem: null, reason: 'scheduled' }, { update: 40, good: true, problem: null, reason: 'scheduled' }]);
  assert.deepEqual([found.ledger.lines, found.ledger.update, found.ledger.intact, found.ledger.problems], [6, 60, true, []]);
  assert.deepEqual([found.figures?.update, found.warnings], [60, []]);
  const { exitCode, stdout, stderr } = await ebm('inspect', run);
  assert.deepEqual([exitCode, stderr], [0, '']);
  for (const line of [
    /^job +bars: sha256:[0-9a-f]{64}$/m, /^model +bernoulli-rbm, 30 visible x 7 hidden units, centred, on a grid of 2\^-10 nats$/m,
    /^training +PCD-1, batches of 10, 12 chains, sgd at 0\.200 \(linear\), seed 3$/m, /^data +.*bars\.npz \(40 training, 9 test rows, binarised by threshold\): sha256:/m,
    /^progress +done: 60 updates$/m, /^ledger +6 lines, head sha256:[0-9a-f]{64}: the chain is whole$/m, /^figures +at update 60: test log-likelihood -/m,
    /00000060 +60 +0 +-\d+\.\d\d +[\d.]+ kB +scheduled +good$/m,
  ]) assert.match(stdout, line);
});

test('a damaged checkpoint is named, and the run counts from the one before it', async () => {
  const damaged = copy('damaged');
  const path = join(damaged, 'checkpoints/00000060/parameters.safetensors');
  const bytes = readFileSync(path);
  bytes[bytes.length - 3]! ^= 8;
  writeFileSync(path, bytes);
  const found = await inspected(damaged);
  assert.deepEqual([found.update, found.checkpoints.map(({ good }) => good)], [40, [false, true]]);
  assert.match(found.warnings[0]!, /parameters\.safetensors was changed: its SHA-256 is not the one in its manifest/);
  const { stdout } = await ebm('inspect', damaged);
  assert.match(stdout, /^progress +saved at update 40 of 60 \(its ledger goes to 60\); `ebm resume .*damaged` goes on$/m);
  assert.match(stdout, /^WARNING +.*was changed/m);
  assert.match(stdout, /00000060 +60 +DAMAGED$/m);
});

test('commands pass a damaged checkpoint over with a warning, and refuse it where it was asked for', async () => {
  const damaged = copy('passed');
  truncateSync(join(damaged, 'checkpoints/00000060/parameters.safetensors'), 100);
  const { exitCode, stdout, stderr } = await ebm('export', damaged, '--out', folder.file('p.safetensors'));
  assert.equal(exitCode, 0);
  assert.match(stderr, /^warning: .*00000060\/parameters\.safetensors is truncated: .*; this checkpoint was passed over/);
  assert.match(stdout, /update 40 of bars/);
  const refused = await ebm('export', damaged, '--update', '60', '--out', folder.file('p.safetensors'));
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /no checkpoint can be used: .*is truncated/);
  rmSync(join(damaged, 'checkpoints'), { recursive: true });
  await assertMistake(['export', damaged, '--out', folder.file('p.safetensors')], /the run has no checkpoint yet/);
  assert.match((await ebm('inspect', damaged)).stdout, /^progress +no good checkpoint yet, of 60 updates \(its ledger goes to 60\)$/m);
});

test('a ledger line that was changed is named by its number', async () => {
  const changed = copy('changed');
  const path = join(changed, 'ledger.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  lines[3] = lines[3]!.replace('"update":40', '"update":41');
  writeFileSync(path, lines.join('\n'));
  const { ledger } = await inspected(changed);
  assert.deepEqual([ledger.intact, ledger.lines, ledger.problems.map(({ kind, line }) => ({ kind, line }))], [false, 3, [{ kind: 'broken', line: 4 }]]);
  assert.match((await ebm('inspect', changed)).stdout, /^ledger +BROKEN at line 4 of .*changed\/ledger\.jsonl: it was changed: its digest is not that of its entry; before it: 3 lines, head sha256:/m);
});

test('a last line that is not complete is no break: a run may be writing it', async () => {
  const torn = copy('torn');
  appendFileSync(join(torn, 'ledger.jsonl'), '{"formatVersion":1,"upd');
  assert.equal((await inspected(torn)).ledger.intact, true);
  assert.match((await ebm('inspect', torn)).stdout, /^ledger +6 lines, head .*: the chain is whole; a last line is not complete$/m);
});

test('a ledger whose end is gone contradicts the checkpoints, and is not called whole', async () => {
  const cut = copy('cut');
  const path = join(cut, 'ledger.jsonl');
  writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, 5).join('\n')}\n`);
  const found = await inspected(cut);
  assert.deepEqual([found.ledger.intact, found.ledger.lines], [false, 5]);
  assert.match(found.checkpoints[0]!.problem!, /^it counts 6 lines of the ledger, whose chain holds 5/);
  assert.deepEqual([found.checkpoints[1]!.problem, found.warnings.length], [null, 1]);
  assert.match((await ebm('inspect', cut)).stdout, /^WARNING +.*00000060 does not belong to the ledger beside it: it counts 6 lines[\s\S]*00000060 +60 .* NOT OF THIS LEDGER\n.*00000040 .* good$/m);
  rmSync(path);
  assert.match((await ebm('inspect', cut)).stdout, /^ledger +no lines; but it CONTRADICTS 2 checkpoints \(see the warnings\)$/m);
});

test('how a run ended short of its goal is told until it goes on, and nobody is sent to resume what would diverge again', async () => {
  const ended = copy('ended');
  const path = join(ended, 'metrics.jsonl');
  const metrics = readFileSync(path, 'utf8');
  rmSync(join(ended, 'checkpoints/00000060'), { recursive: true });
  for (const [end, state, advice] of [
    [{ kind: 'failed', code: 'diverged', message: 'no good. Start anew.', update: 47 }, 'failed at update 47: no good. Start anew', 'Resumed as it is, it would diverge again\\.'],
    [{ kind: 'failed', code: 'engine', message: 'no memory', update: 47 }, 'failed at update 47: no memory', 'When the cause is mended, `ebm resume .*ended` goes on\\.'],
    [{ kind: 'cancelled', update: 47 }, 'cancelled at update 47', '`ebm resume .*ended` goes on\\.'],
  ] as const) {
    writeFileSync(path, `${metrics}${JSON.stringify(end)}\n`);
    assert.match((await ebm('inspect', ended)).stdout, new RegExp(`^state +${state}\nprogress +saved at update 40 of 60 \\(its ledger goes to 60\\)\\. ${advice}$`, 'm'));
    assert.deepEqual((await ebmJson('inspected', 'inspect', ended))['stopped'], end);
  }
  appendFileSync(path, `${JSON.stringify({ kind: 'resumed', update: 40, branch: 0 })}\n`);
  assert.equal((await ebmJson('inspected', 'inspect', ended))['stopped'], null);
});

test('rollbacks and resumptions are told', async () => {
  const told = copy('told');
  appendFileSync(join(told, 'metrics.jsonl'), [
    { kind: 'rollback', update: 30, from: 30, to: 20, branch: 1, learningRate: 0.1, reason: 'weight-out-of-grid at weights[3, 4]' }, { kind: 'resumed', update: 20, branch: 1 },
  ].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { stdout } = await ebm('inspect', told);
  assert.match(stdout, /^rollback +diverged at update 30 \(weight-out-of-grid at weights\[3, 4\]\); back to update 20 on branch 1 with learning rate 0\.100$/m);
  assert.match(stdout, /^progress +done: 60 updates; taken up again at update 20$/m);
});

test('what is no run directory is a mistake', async () => {
  await assertMistake(['inspect', folder.file('absent')], /there is no such run directory/);
  await assertMistake(['inspect', join(run, 'job.json')], /this is a file, not a run directory\. Give its directory/);
});
