// Bugs that are planted to see whether the simulator finds them: changes of the compiled code, in words that must occur there exactly once.
// Nothing in production code knows of them.

export interface Edit { readonly file: string; readonly find: string; readonly replace: string }

export interface Bug {
  readonly name: string;
  readonly edits: readonly Edit[];
}

const one = (name: string, file: string, find: string, replace: string): Bug => ({ name, edits: [{ file, find, replace }] });

const MACHINE = 'coordinator/machine';

export const BUGS: readonly Bug[] = [
  one('forget a fence: a leader counts contributions of any epoch', `${MACHINE}/membership.js`, 'if (event.epoch === draft.state.epoch)\n        return true;', 'if (event.epoch > 0)\n        return true;'),
  one('apply a duplicate: a range that is covered is added again', `${MACHINE}/contributions.js`, 'if (open !== undefined && !holds(open.covered, lease.range)) {', 'if (open !== undefined) {'),
  one('lose a lease: the range of a lease that ended is never given again', `${MACHINE}/leases.js`, 'const outstanding = free && sizeOf(lease.range) > 0', 'const outstanding = sizeOf(lease.range) < 0'),
  one('lose a lease on leader change: a later leader believes that the first place of each update was leased by the one before', `${MACHINE}/run.js`,
    'size, outstanding: [{ from: 0, to: size }], covered: [], losses: 0', 'size, outstanding: [{ from: draft.state.epoch < 2 * 4_096 ? 0 : 1, to: size }], covered: [], losses: 0'),
  one('reuse a key: a new branch draws the numbers of the dead one', 'engine/reference/evaluate.js', 'deriveKey(problem.seed, PURPOSES.chains, unit.branch)', 'deriveKey(problem.seed, PURPOSES.chains, 0)'),
  { name: 'a dead branch\'s cache: chains of another branch are taken for this one\'s', edits: [
    { file: 'worker/machine/machine.js', find: 'if (chains?.branch !== wanted.branch || chains.version !== wanted.update)', replace: 'if (chains == null || chains.version !== wanted.update)' },
    { file: `${MACHINE}/leases.js`, find: 'return member?.cached?.branch === branch && member.cached.version === version;', replace: 'return member?.cached != null && member.cached.version === version;' },
    { file: 'worker/machine/machine.js', find: 'const isDead = chains === null || chains.branch !== start.branch || chains.version > start.version;', replace: 'const isDead = chains === null;' },
  ] },
  { name: 'a dead branch\'s parameters: versions are known by their number alone', edits: [
    { file: 'worker/machine/machine.js', find: 'return a.version === b.version && a.branch === b.branch && a.of === b.of;', replace: 'return a.version === b.version && a.of === b.of;' },
    { file: 'worker/shell/reading.js', find: 'return `${of}/${branch}/${version}`;', replace: 'return `${of}/${branch * 0}/${version}`;' },
  ] },
  one('a rollback opens no branch', `${MACHINE}/run.js`, 'const marks = { branch: run.branch + 1,', 'const marks = { branch: run.branch,'),
  one('a rollback goes to the newest checkpoint, not the scheduled one', `${MACHINE}/divergence.js`, 'return every > 0 ? update - (update % every) : 0;', 'return every > 0 ? Math.max(0, update - 1) : 0;'),
  one('a leader takes the epoch of the one before', 'coordinator/shell/cluster/log.js', 'const epoch = head.history.epoch + 1;', 'const epoch = Math.max(1, head.history.epoch);'),
  one('a deposed leader writes on', 'platform/store/fenced-files.js', 'await assertLeading();', ''),
  one('the ledger is not cut on takeover', 'coordinator/shell/keeper.js', 'await journal.cutLedger(start?.ledger ?? LEDGER_START);', ''),
  one('a checkpoint counts ledger lines that are not synced', 'platform/journal/directory.js', 'await ledger.sync();', ''),
  one('a file gets its name before its bytes are durable', 'platform/store/durable.js', 'await file.sync();', ''),
  one('a checkpoint\'s name is not made durable', 'platform/journal/checkpoints.js', 'await this.#files.rename(temporary, path);\n        await this.#files.syncDirectory(this.#path);', 'await this.#files.rename(temporary, path);'),
  one('a record of the log is acknowledged before it is durable', 'platform/store/durable.js', '// Also when the name was taken: its writer may have died before this, and the caller acts on what it found.\n        await files.syncDirectory(dirname(path));', ''),
  one('with staleness 1 chains of t + 1 are given before those of t are there', `${MACHINE}/scheduling.js`, 'task.outstanding : intersection(task.outstanding, older.covered)', 'task.outstanding : task.outstanding'),
  one('a liar is found out and what it did stays', `${MACHINE}/contributions.js`, 'if (firstWasWrong || suspect !== undefined)', 'if (suspect === null)'),
  one('an honest worker is convicted with the liar', `${MACHINE}/duels.js`, 'liars: votes.filter((one) => one.digest !== right)', 'liars: votes.filter((one) => one.digest === right)'),
  one('a worker never asks again', 'worker/machine/machine.js', "case 'idle': return { kind: 'request' };", "case 'idle': return { kind: 'renew', lease: null };"),
  one('a worker waits for ever for parameters of a deposed leader', 'worker/machine/machine.js', 'fetchFailed(state, { name: event.name, gone: false })', '{ state, commands: [] }'),
  one('a worker computes while it computes', 'worker/machine/machine.js', "if (state.phase.kind !== 'idle' || state.running !== null ||", "if (state.phase.kind !== 'idle' ||"),
  one('contributions are not given back to the engine', 'worker/shell/shell.js', 'if (!shared && lent !== null)\n            this.#bench.release(lent);', ''),
  one('a step is taken before the update is covered', `${MACHINE}/run.js`, 'if (task?.kind.kind !== \'update\' || !isCovered(task))', 'if (task?.kind.kind !== \'update\' || task.covered.length === 0)'),
  one('a lease may be answered by anybody', `${MACHINE}/contributions.js`, "const lease = find(draft.state.run.leases, event.lease);\n    if (lease?.worker === event.worker)\n        return lease;\n    discard(draft, 'lease-expired');", "const lease = find(draft.state.run.leases, event.lease) ?? draft.state.run.leases[0];\n    if (lease !== undefined)\n        return lease;\n    discard(draft, 'lease-expired');"),
  one('a submission that is asked for twice makes two jobs', 'coordinator/shell/cluster/answers.js', 'isKnown(history, key) ? null :', ''),
  { name: 'a cancelled job without a run never ends', edits: [
    { file: `${MACHINE}/cluster/machine.js`, find: "else if (decision.wish === 'cancel')\n        endCancelled(draft, decision.id);", replace: '' },
    { file: `${MACHINE}/cluster/machine.js`, find: "if (job.wish === 'cancel' && job.end === null &&", replace: 'if (false &&' },
  ] },
  one('a job whose leader died is forgotten', `${MACHINE}/cluster/history.js`, 'case \'fence\': return { ...history, epoch };', 'case \'fence\': return { ...history, epoch, jobs: history.jobs.slice(1) };'),
];
