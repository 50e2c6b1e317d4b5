// Who uses which data set of a shared cache: a small file for each, naming the process, so that nobody makes room by removing what another one
// works with. Marks only spare work: a data set that vanishes is fetched again, so a disk without room for a mark does no harm.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Processes } from '../lease/processes.ts';
import { readWhole, removeIfThere } from '../store/durable.ts';
import { systemCode } from '../store/files.ts';
import type { DatasetDisk } from './disk.ts';
import { DATASET_LIMITS } from './limits.ts';
import { digitsOf } from './names.ts';

const MARK = /^\.use-([0-9a-f]{64})-[0-9a-f]{16}$/;
/** Of a data set that is being fetched; its process holds a mark meanwhile. */
const DRAFT = /^\.tmp-([0-9a-f]{64})-[0-9a-f]{16}$/;
const MARK_BYTES_MAX = 4_096;

const identity = z.object({
  pid: z.number(), host: z.string(), startTicks: z.number().nullable(), bootId: z.string().nullable(), machineId: z.string().nullable(), pidNamespace: z.string().nullable(),
});

export interface Uses {
  /** Marks a data set as in use by this process, until the mark is taken away as often. */
  mark(digest: string): Promise<void>;
  unmark(digest: string): Promise<void>;
  /** Digests in use by any living process; removes the marks and drafts of dead ones. `nowMs`: since 1970. */
  inUse(nowMs: number): Promise<{ readonly digests: ReadonlySet<string>; readonly draftBytes: number }>;
  /** A name for a draft. */
  draftPath(digest: string): string;
}

export function fileUses(directory: string, disk: DatasetDisk, system: Processes): Uses {
  const own = new Map<string, { readonly path: string; count: number }>();
  const nameOf = (kind: 'use' | 'tmp', digest: string): string => join(directory, `.${kind}-${digitsOf(digest)}-${randomBytes(8).toString('hex')}`);
  const isAlive = async (path: string, nowMs: number): Promise<boolean> => {
    const read = identity.safeParse(await readJson(disk, path));
    const state = read.success ? system.stateOf(read.data) : 'unknown';
    if (state !== 'unknown') return state === 'alive';
    const usedAtMs = await disk.usedAtMs(path);
    return usedAtMs !== null && nowMs - usedAtMs < DATASET_LIMITS.strangersUseMs;
  };
  return {
    async mark(digest) {
      const mark = own.get(digest) ?? { path: nameOf('use', digest), count: 0 };
      mark.count += 1;
      own.set(digest, mark);
      if (mark.count === 1) await writeMark(disk, mark.path, system).catch(ifBug);
    },
    async unmark(digest) {
      const mark = own.get(digest);
      if (mark === undefined) return;
      mark.count -= 1;
      if (mark.count > 0) return;
      own.delete(digest);
      await removeIfThere(disk.files, mark.path).catch(ifBug);
    },
    async inUse(nowMs) {
      const digests = new Set(own.keys());
      const names = await disk.files.list(directory);
      for (const name of names) {
        const digits = MARK.exec(name)?.[1];
        if (digits === undefined || digests.has(`sha256:${digits}`)) continue;
        if (await isAlive(join(directory, name), nowMs)) digests.add(`sha256:${digits}`);
        else await removeIfThere(disk.files, join(directory, name)).catch(ifBug);
      }
      let draftBytes = 0;
      for (const name of names) {
        const digits = DRAFT.exec(name)?.[1];
        if (digits === undefined) continue;
        if (digests.has(`sha256:${digits}`)) draftBytes += (await disk.files.describe(join(directory, name)))?.bytes ?? 0;
        else await removeIfThere(disk.files, join(directory, name)).catch(ifBug);
      }
      return { digests, draftBytes };
    },
    draftPath: (digest) => nameOf('tmp', digest),
  };
}

async function writeMark({ files }: DatasetDisk, path: string, system: Processes): Promise<void> {
  const file = await files.create(path);
  try {
    await file.write(new TextEncoder().encode(JSON.stringify(system.self())));
  } catch (error) {
    await removeIfThere(files, path).catch(ifBug);
    throw error;
  } finally {
    await file.close();
  }
}

/** Null if it is gone or cannot be read: perhaps it is being written. */
async function readJson({ files }: DatasetDisk, path: string): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(await readWhole(files, path, MARK_BYTES_MAX)));
  } catch {
    return null;
  }
}

/** What the system refuses is no reason to fail here. */
function ifBug(error: unknown): void {
  if (systemCode(error) === null) throw error;
}
