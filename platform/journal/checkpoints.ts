// The checkpoints of a run: a directory of directories.
//
// K1. A checkpoint gets its name by rename(2), when all in it is durable: under its name there is a whole one or none.
// K2. One that replaces another of the same update moves it to `.old-N` first; without a new one in its place it is moved back.
// K3. One is removed under the name `.removed-N`, so that what is half removed is never taken for a damaged checkpoint.
import { join } from 'node:path';
import { ensureDirectory, removeTree } from '../store/durable.ts';
import type { Files } from '../store/files.ts';
import { readCheckpoint, readManifest, writeCheckpoint, type Damage } from './checkpoint-files.ts';
import type { AnyPublished, Snapshot } from './journal.ts';
import type { Manifest } from './manifest.ts';
import { compareInstances, type Known } from './retention.ts';

const NAME = /^(?:[0-9]{8}|[1-9][0-9]{8,15})$/;
const OLD = '.old-';
const REMOVED = '.removed-';
const TEMPORARY = '.tmp-';

export type CheckpointEntry = Known & { readonly name: string; readonly path: string } & (
  | { readonly kind: 'good'; readonly manifest: Manifest }
  | { readonly kind: 'damaged'; readonly damage: Damage });

export function checkpointName(update: number): string {
  return String(update).padStart(8, '0');
}

/** What is wrong, as a sentence with the path that the user knows. */
export function describeDamage(path: string, { file, why }: Damage): string {
  return `${join(path, file)} ${why}`;
}

function newestFirst(a: CheckpointEntry, b: CheckpointEntry): number {
  // A damaged one does not tell its place in the history; its update is the best guess.
  return a.kind === 'good' && b.kind === 'good' ? compareInstances(b, a) : b.update - a.update;
}

export class Checkpoints {
  readonly #files: Files;
  readonly #path: string;
  /** Damage that only reading every byte could find, by path. */
  readonly #found = new Map<string, Damage>();

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** Makes the directory and cleans up after a process that died (K1 to K4). */
  async recover(): Promise<void> {
    await ensureDirectory(this.#files, this.#path);
    // First what its renames began: the content of what they replaced is about to go (K4).
    await this.#files.syncDirectory(this.#path);
    for (const name of await this.#files.list(this.#path)) {
      const path = join(this.#path, name);
      if (name.startsWith(TEMPORARY) || name.startsWith(REMOVED)) await removeTree(this.#files, path);
      if (!name.startsWith(OLD)) continue;
      await this.#moveBack(name.slice(OLD.length));
      await removeTree(this.#files, path);
    }
    await this.#files.syncDirectory(this.#path);
  }

  async #moveBack(name: string): Promise<void> {
    const [current, old] = [join(this.#path, name), join(this.#path, OLD + name)];
    if (await this.#files.describe(current) === null && await this.#files.describe(old) !== null) await this.#files.rename(old, current);
  }

  /** K4. What was replaced is removed only when the new name is durable, else a crash could bring back its name without its content. */
  async #removeOld(name: string): Promise<void> {
    const old = join(this.#path, OLD + name);
    if (await this.#files.describe(old) === null) return;
    await this.#files.syncDirectory(this.#path);
    await removeTree(this.#files, old);
  }

  /** All of them, the newest in the run's history first; files are checked by size, not by content. */
  async list(): Promise<readonly CheckpointEntry[]> {
    if (await this.#files.describe(this.#path) === null) return [];
    const entries: CheckpointEntry[] = [];
    for (const name of await this.#files.list(this.#path)) {
      const entry = NAME.test(name) ? await this.#entry(name) : null;
      if (entry !== null) entries.push(entry);
    }
    // By update first, for an order that does not depend on where damaged ones stand.
    return entries.sort((a, b) => b.update - a.update).sort(newestFirst);
  }

  async #entry(name: string): Promise<CheckpointEntry | null> {
    const path = join(this.#path, name);
    const update = Number(name);
    const known = this.#found.get(path);
    if (known !== undefined) return { kind: 'damaged', name, path, update, damage: known };
    const reading = await readManifest(this.#files, path);
    // Removed while it was looked at, by the process whose run is being inspected.
    if (await this.#files.describe(path) === null) return null;
    if (reading.kind === 'damaged') return { kind: 'damaged', name, path, update, damage: reading.damage };
    const manifest = reading.content;
    if (manifest.update !== update) return { kind: 'damaged', name, path, update, damage: { file: 'manifest.json', why: `is that of update ${manifest.update}` } };
    return { kind: 'good', name, path, update, rollbacks: manifest.rollbacks, reason: manifest.reason, figure: manifest.figure, manifest };
  }

  /** Reads one with every byte checked; null, and remembered as damaged, if it cannot be used. */
  async read(entry: CheckpointEntry): Promise<{ readonly snapshot: Snapshot | null; readonly damage: Damage | null }> {
    if (entry.kind === 'damaged') return { snapshot: null, damage: entry.damage };
    const reading = await readCheckpoint(this.#files, entry.path, entry.manifest);
    if (reading.kind === 'good') return { snapshot: reading.content, damage: null };
    this.#found.set(entry.path, reading.damage);
    return { snapshot: null, damage: reading.damage };
  }

  /** Durable when the promise resolves; on failure what was there before is there still. */
  async write(snapshot: Snapshot, model: AnyPublished, grid: number): Promise<string> {
    const name = checkpointName(snapshot.update);
    const [temporary, path] = [join(this.#path, TEMPORARY + name), join(this.#path, name)];
    try {
      await writeCheckpoint(this.#files, temporary, snapshot, { model, grid });
      await this.#publish(temporary, name);
    } catch (error) {
      // As far as the disk allows; opening the run again does the rest.
      await removeTree(this.#files, temporary).catch(() => undefined);
      await this.#moveBack(name).catch(() => undefined);
      throw error;
    }
    this.#found.delete(path);
    return path;
  }

  async #publish(temporary: string, name: string): Promise<void> {
    const [path, old] = [join(this.#path, name), join(this.#path, OLD + name)];
    if (await this.#files.describe(path) !== null) {
      await this.#removeOld(name);
      await this.#files.rename(path, old);
    }
    await this.#files.rename(temporary, path);
    await this.#files.syncDirectory(this.#path);
    await removeTree(this.#files, old).catch(() => undefined);
  }

  /** Removes checkpoints. Their absence is durable when the promise resolves. */
  async remove(entries: readonly CheckpointEntry[]): Promise<void> {
    if (entries.length === 0) return;
    for (const { name, path } of entries) {
      // An older one of the same update must not come back in its place (K2).
      await this.#removeOld(name);
      await removeTree(this.#files, join(this.#path, REMOVED + name));
      await this.#files.rename(path, join(this.#path, REMOVED + name));
      this.#found.delete(path);
    }
    await this.#files.syncDirectory(this.#path);
    for (const { name } of entries) await removeTree(this.#files, join(this.#path, REMOVED + name));
  }
}
