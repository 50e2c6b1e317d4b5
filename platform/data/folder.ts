// A folder of PNGs as one table: every file that ends in .png (not in folders below, not hidden), in the order of their names by
// UTF-16 code unit, so that 10.png comes before 9.png: number files with leading zeros if order matters.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource, RawData } from './data.ts';
import { DataError, reasonOf } from './errors.ts';
import { readBytes } from './files.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { decodeGrey, type GreyPicture } from './png.ts';
import { canonicalValues, checkScale, checkSize, valueFailure } from './validate.ts';

export function folderSource(path: string, limits: DataLimits = DATA_LIMITS): DataSource {
  return {
    name: path,
    async read() {
      const names = await pictureNames(path);
      return { training: await pictures(path, names, limits), test: null };
    },
  };
}

async function pictureNames(path: string): Promise<string[]> {
  let all: string[];
  try {
    all = await readdir(path);
  } catch (error) {
    throw new DataError({ code: 'unreadable', file: path, problem: `the folder cannot be listed (${reasonOf(error)})`, accepted: 'a folder that this user may read', remedy: 'Check its permissions.', cause: error });
  }
  const names = all.filter((name) => /\.png$/i.test(name) && !name.startsWith('.')).sort();
  if (names.length > 0) return names;
  const others = all.slice(0, 3).join(', ');
  throw new DataError({
    code: 'no-pictures', file: path, value: String(all.length), problem: all.length === 0 ? 'the folder is empty' : `the folder holds no PNGs (but ${others}${all.length > 3 ? ' and more' : ''})`,
    accepted: 'a folder with .png files in it, not in folders below', remedy: 'Name the folder that holds the pictures, or the data file itself.',
  });
}

async function pictures(path: string, names: readonly string[], limits: DataLimits): Promise<RawData> {
  const first = await picture(path, names[0]!, limits);
  const shape = { height: first.height, width: first.width };
  const table = { rows: names.length, columns: shape.height * shape.width, shape };
  checkSize(table, { file: path, array: null }, limits);
  // Bytes until a picture of 16 bits a sample comes, then numbers: 65535ths are no whole number of 255ths.
  let values: Uint8Array | Float32Array = new Uint8Array(table.rows * table.columns);
  for (const [row, name] of names.entries()) {
    const read = row === 0 ? first : await picture(path, name, limits);
    checkSameSize(read, first, { path, name, firstName: names[0]! });
    if (read.values instanceof Uint16Array && values instanceof Uint8Array) values = Float32Array.from(values, (byte) => byte / 255);
    const scale = values instanceof Uint8Array ? 1 : read.values instanceof Uint16Array ? 65_535 : 255;
    for (let column = 0; column < table.columns; column += 1) values[row * table.columns + column] = read.values[column]! / scale;
  }
  return { ...table, values: canonical(values, path, table.columns), labels: null };
}

function canonical(values: Uint8Array | Float32Array, path: string, columns: number): Uint8Array | Float32Array {
  const origin = { file: path, array: null };
  if (values instanceof Uint8Array) {
    checkScale(values, origin);
    return values;
  }
  return canonicalValues({
    count: values.length, at: (index) => values[index]!,
    failure: (index, value) => valueFailure(value, { origin, position: { row: Math.floor(index / columns), column: index % columns }, isInteger: false }),
  }, { isAnyNumber: false });
}

async function picture(path: string, name: string, limits: DataLimits): Promise<GreyPicture> {
  const file = join(path, name);
  if ((await stat(file)).isDirectory()) throw new DataError({ code: 'unreadable', file, problem: 'this is a folder, although its name ends in .png', accepted: 'PNG files', remedy: 'Rename or move it.' });
  return decodeGrey(await readBytes(file, { ...limits, fileBytesMax: limits.pictureBytesMax }), file, limits);
}

function checkSameSize(read: GreyPicture, first: GreyPicture, names: { readonly path: string; readonly name: string; readonly firstName: string }): void {
  if (read.height === first.height && read.width === first.width) return;
  throw new DataError({
    code: 'width-mismatch', file: join(names.path, names.name), value: `${read.width}x${read.height}`, problem: `the picture is ${read.width} wide and ${read.height} high, but ${names.firstName} is ${first.width} wide and ${first.height} high`,
    accepted: 'pictures of one size', remedy: 'Scale or crop them to the same size.',
  });
}
