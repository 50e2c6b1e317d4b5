// Which array of a file that holds several (.npz, .safetensors) is the training set, and which the test set.
import { DataError } from './errors.ts';

/** Names of training arrays. The test set is x_test, if there is one. */
export const TRAINING_NAMES = ['x', 'x_train', 'data', 'arr_0'] as const;
export const TEST_NAME = 'x_test';

/** The only array, or the only one with a known name; x_test aside. Throws `ambiguous-array`, `no-rows` if there is none. */
export function chooseArrays(names: readonly string[], file: string): { readonly training: string; readonly test: string | null } {
  const others = names.filter((name) => name !== TEST_NAME);
  const known = others.filter((name) => (TRAINING_NAMES as readonly string[]).includes(name));
  const [training] = others.length === 1 ? others : known;
  if (training === undefined || (others.length > 1 && known.length > 1)) {
    throw new DataError({
      code: others.length === 0 ? 'no-rows' : 'ambiguous-array', file, value: names.join(', '),
      problem: names.length === 0 ? 'the file holds no arrays' : others.length === 0 ? `the file holds only ${TEST_NAME}, which is the test set` : `the file holds several arrays (${names.join(', ')}), and it is not clear which is the training set`,
      accepted: `one array, or exactly one called ${TRAINING_NAMES.slice(0, -1).join(', ')} or ${TRAINING_NAMES.at(-1)!}, beside ${TEST_NAME} as the test set`,
      remedy: 'Save the file again with these names.',
    });
  }
  return { training, test: names.includes(TEST_NAME) ? TEST_NAME : null };
}
