// Resident memory over 80,000 steps of chains of a convolutional energy on TensorFlow, which take ten minutes and more on two cores: it does not grow.
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertFlat, residentWhileTraining } from './resident.ts';
import { folder, set } from './support.ts';

const EXAMPLE = fileURLToPath(new URL('../../../examples/mnist-energy.yaml', import.meta.url));
const UPDATES = 4_000;

const here = folder();
after(() => { here.remove(); });

test(`resident memory of ebm train on tensorflow is the same after a sixth of ${UPDATES} updates and after all`, async () => {
  const settings = set(`train.updates=${UPDATES}`, 'checkpoint.every=60', 'checkpoint.keep=2');
  assertFlat(await residentWhileTraining([EXAMPLE, '--threads', '2', ...settings], { cwd: here.path, updates: UPDATES }), UPDATES / 6);
});
