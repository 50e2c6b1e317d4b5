// Resident memory over 100,000 updates of a small model, with a ledger, checkpoints and figures under way: it does not grow.
import { after, test } from 'node:test';
import { assertFlat, residentWhileTraining } from './resident.ts';
import { folder, set } from './support.ts';

const UPDATES = 100_000;

const here = folder();
after(() => { here.remove(); });

test(`resident memory of ebm train is the same after a quarter of ${UPDATES} updates and after all`, async () => {
  const settings = set(`train.updates=${UPDATES}`, 'evaluate.every=5000', 'checkpoint.every=1000', 'ledger.every=100');
  assertFlat(await residentWhileTraining(['job.yaml', '--threads', '2', ...settings], { cwd: here.path, updates: UPDATES }), UPDATES / 4); // a leak of 1 KB an update would be half as much again
});
