// File operations behind a fence: whatever changes a disk first asks whether we may still write. Between that answer and the disk there is a
// moment; who takes over closes it for files that grow by giving them a new inode (journal/run-directory.ts), and all else is the same bytes.
import type { Files, OpenFile } from './files.ts';

/** `assertLeading` rejects once somebody else may write. */
export function fencedFiles(files: Files, assertLeading: () => Promise<void>): Files {
  const fenced = <Words extends readonly unknown[], Result>(change: (...words: Words) => Promise<Result>) => async (...words: Words): Promise<Result> => {
    await assertLeading();
    return change(...words);
  };
  const guardedFile = (file: OpenFile): OpenFile => ({
    write: fenced((bytes) => file.write(bytes)),
    truncate: fenced((bytes) => file.truncate(bytes)),
    read: (into, position) => file.read(into, position),
    sync: () => file.sync(),
    close: () => file.close(),
  });
  return {
    create: fenced(async (path) => guardedFile(await files.create(path))),
    append: fenced(async (path) => guardedFile(await files.append(path))),
    makeDirectory: fenced((path) => files.makeDirectory(path)),
    link: fenced((from, to) => files.link(from, to)),
    rename: fenced((from, to) => files.rename(from, to)),
    unlink: fenced((path) => files.unlink(path)),
    removeDirectory: fenced((path) => files.removeDirectory(path)),
    open: (path) => files.open(path),
    describe: (path) => files.describe(path),
    list: (path) => files.list(path),
    entries: (path) => files.entries(path),
    syncDirectory: (path) => files.syncDirectory(path),
  };
}
