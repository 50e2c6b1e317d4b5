// Files that commands write where the user asks: checked before the work begins, and put in the place of an older one only when they are
// whole, so that a full disk or a stop leaves the old one. Their formats are cli/export's and cli/pictures'.
import { realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { temporaryName, writeNew } from '../../platform/store/durable.ts';
import { guarded, StorageError } from '../../platform/store/errors.ts';
import { systemCode } from '../../platform/store/files.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import { UsageError } from '../terminal/failure.ts';

export interface OutputFile<Ending extends string> {
  /** As the user wrote it, for messages. */
  readonly shown: string;
  /** Absolute; behind a symbolic link, the file it leads to. */
  readonly path: string;
  /** What the name ends with, without the dot: the format. */
  readonly ending: Ending;
}

/** Throws UsageError `unknown-format`, or StorageError: a missing folder, a directory or device of that name. */
export async function outputFile<Ending extends string>(shown: string, endings: readonly Ending[]): Promise<OutputFile<Ending>> {
  const named = extname(shown).slice(1).toLowerCase();
  const ending = endings.find((each) => each === named);
  if (ending === undefined) {
    const accepted = endings.map((each) => `.${each}`).join(', ').replace(/, ([^,]*)$/, ' or $1');
    throw new UsageError('unknown-format', `${shown}: the name says the format, and ${named === '' ? 'it has no ending' : `.${named} is not one that this command writes`}; accepted: ${accepted}`);
  }
  return { shown, path: await checkedPath(shown), ending };
}

function checkedPath(shown: string): Promise<string> {
  return guarded(shown, 'looking where to write', async () => {
    const path = resolve(shown);
    const files = nodeFiles();
    const folder = await files.describe(dirname(path));
    if (folder === null) {
      throw new StorageError({ code: 'missing', path: shown, what: `there is no folder ${dirname(path)} to write it into`, remedy: `Make it first (mkdir -p ${dirname(shown)}), or choose another.` });
    }
    if (folder.kind !== 'directory') throw new StorageError({ code: 'not-a-directory', path: shown, what: `${dirname(path)} is not a folder`, remedy: 'Choose another place.' });
    const there = await files.describe(path);
    if (there === null) return path;
    if (there.kind === 'directory') throw new StorageError({ code: 'not-a-file', path: shown, what: 'this is a directory, and a file is to be written', remedy: `Name a file in it, for example ${join(shown, basename(shown))}.` });
    if (there.kind === 'other') throw new StorageError({ code: 'not-a-file', path: shown, what: 'this is a device, a pipe or a link to nowhere, and a file is to be written', remedy: 'Choose the name of a regular file.' });
    return realpath(path);
  });
}

/** Writes the pieces one after the other. The name is the new file's when the promise resolves, and an older one's if it rejects. */
export function writeOutput({ shown, path }: OutputFile<string>, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  return guarded(shown, 'writing it', async () => {
    const files = nodeFiles();
    const temporary = temporaryName(dirname(path));
    await writeNew(files, temporary, pieces);
    try {
      await files.rename(temporary, path);
    } catch (error) {
      await files.unlink(temporary).catch(() => undefined);
      throw error;
    }
    // A folder that may be written to but not read cannot be synced; the file is there all the same.
    await files.syncDirectory(dirname(path)).catch((error: unknown) => { if (systemCode(error) !== 'EACCES') throw error; });
  });
}
