// NumPy's .npz: a zip archive of .npy files. Which array is taken is choose.ts; only the arrays taken are inflated.
import { chooseArrays } from './choose.ts';
import type { DataSource, RawData } from './data.ts';
import { readBytes } from './files.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { parseNpy } from './npy.ts';
import { rawFromTensor } from './tensor.ts';
import { checkSameWidth } from './validate.ts';
import { readZipEntry, zipEntries } from './zip.ts';

export function npzSource(path: string, limits: DataLimits = DATA_LIMITS): DataSource {
  return {
    name: path,
    async read() {
      const bytes = await readBytes(path, limits);
      const entries = new Map(zipEntries(bytes, path, limits).filter(({ name }) => name.endsWith('.npy')).map((entry) => [entry.name.slice(0, -'.npy'.length), entry]));
      const chosen = chooseArrays([...entries.keys()], path);
      const table = (name: string): RawData => {
        const content = readZipEntry(bytes, entries.get(name)!, { file: path, limits });
        return rawFromTensor(parseNpy(content, { file: path, array: name }, limits), limits);
      };
      const training = table(chosen.training);
      const test = chosen.test === null ? null : table(chosen.test);
      if (test !== null) checkSameWidth(path, training, test);
      return { training, test };
    },
  };
}
