// The disk of a cluster's store is full: who asks for what must be written hears what is wrong, where, and what to do; what runs have told is
// known all the same, and everything goes on when there is room again.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blocks, csv, ebm, JOB, set, type Ended } from '../process/support.ts';
import { dismiss, Meeting } from '../support/roles.ts';
import { onSmallDisk } from '../support/small-disk.ts';

test('on a full disk submit and cancel say which directory has no room and what to do; with room again both are done', async (context) => {
  const meeting = await Meeting.open();
  context.after(() => meeting.close());
  const desk = meeting.desk();
  writeFileSync(join(desk, 'data.csv'), csv(blocks()));
  writeFileSync(join(desk, 'job.yaml'), JOB);
  const atDesk = (...words: readonly string[]): Promise<Ended> => ebm([...words, ...meeting.nats, '--json'], { cwd: desk });
  await onSmallDisk(async (disk) => {
    const leader = await meeting.coordinator(join(disk.path, 'store'));
    const id = String((await atDesk('submit', 'job.yaml', ...set('train.updates=1000000'))).lines.at(-1)!['id']);
    await leader.says(({ kind }) => kind === 'started');
    for (const words of [['submit', 'job.yaml'], ['cancel', id], ['pause', id]]) {
      disk.fill(); // each time: what the leader removes of its own makes room
      const refused = await atDesk(...words);
      const { code, message, advice } = refused.lines.at(-1)!;
      assert.deepEqual([refused.status, code], [1, 'disk-full'], refused.stdout);
      assert.match(String(message), new RegExp(`^the coordinator on \\S+ cannot use its store: ${disk.path}/store/records/log/\\d+: the disk is full \\(ENOSPC, while storing an object\\)$`));
      assert.equal(advice, 'Free some space and try again; what was saved before is intact.');
    }
    await leader.says(({ kind, message }) => kind === 'warning' && /: the disk is full/.test(String(message))); // its own people hear it too
    const shown = (await atDesk('show', id)).lines.at(-1)!;
    assert.notEqual(shown['startedAt'], null);
    disk.free();
    assert.equal((await atDesk('cancel', id)).status, 0);
    assert.equal((await atDesk('watch', id)).lines.at(-1)?.kind, 'cancelled');
    assert.equal((await atDesk('submit', 'job.yaml')).lines.at(-1)?.kind, 'submitted');
    await dismiss(leader);
  }, 8);
});
