// Shared by the tests of the configuration: a smallest job, facts about data, and problems as the user reads them.
import assert from 'node:assert/strict';
import type { DataFacts } from '../../../ebm/job.ts';
import { ConfigError } from '../../../platform/config/config.ts';

export const SMALLEST = 'data: { source: mnist }\nmodel: { kind: bernoulli-rbm }\n';

export const MNIST: DataFacts = {
  digest: `sha256:${'ab'.repeat(32)}`, trainingRows: 60_000, validationRows: 0, testRows: 10_000, visible: 784,
};

/** The error that the action throws; fails if it throws none or another. */
export function refusalOf(action: () => unknown): ConfigError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof ConfigError, `not a ConfigError: ${String(error)}`);
    return error;
  }
  assert.fail('nothing was refused');
}
