// logs and fetch: what a job's run told, and its files. A fetched run is a run directory like any other; each file comes in parts, is written
// under a temporary name, and gets its own when it is whole.
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { FetchOptions, LogsOptions } from '../commands/actions.ts';
import type { RunEvent } from '../terminal/events.ts';
import { isDatasetDigest } from '../../platform/datasets/names.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import { ServiceError } from '../../platform/services/services.ts';
import { ensureDirectory } from '../../platform/store/durable.ts';
import { guarded } from '../../platform/store/errors.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import { TransportError } from '../../platform/transport/transport.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import type { Connection } from './connect.ts';
import { bring } from './datasets.ts';
import { connected, stoppedLooking } from './jobs.ts';
import { pause } from './pause.ts';
import { askJobs as ask } from './job-service.ts';

const LOOK_MS = 1_000;

export function logs(options: LogsOptions, output: Output): Promise<ExitCode> {
  return connected<ExitCode>(options, output, async ({ bytes }) => {
    let isKnown = false;
    for (let after = 0; !options.signal.aborted;) {
      const answer = await ask(bytes, 'logs', { id: options.id, after }).catch((error: unknown) => {
        if (isKnown && options.follow && error instanceof TransportError && error.code !== 'closed') return null; // a coordinator that is away for a while
        throw error;
      });
      if (answer === null) {
        await pause(LOOK_MS, options.signal);
        continue;
      }
      isKnown = true;
      const { lines, ended } = answer;
      for (const { number, event } of lines) {
        output.event(event as unknown as RunEvent);
        after = number;
      }
      if (lines.length > 0) continue;
      if (!options.follow || ended) return 0;
      await pause(LOOK_MS, options.signal);
    }
    return stoppedLooking(options.id, options.signal, output);
  });
}

export function fetch(options: FetchOptions, output: Output): Promise<ExitCode> {
  return connected<ExitCode>(options, output, async (connection) => {
    const { id, out } = options;
    const files = await namesOf(connection, id);
    if (files.length === 0) throw new UsageError('nothing-there', `the run of ${id} has not begun: there is nothing to fetch`, '`ebm show` tells its state.');
    await guarded(out, 'making the run directory', () => ensureDirectory(nodeFiles(), out));
    if ((await readdir(out)).length > 0) throw new UsageError('not-empty', `${out} is not empty`, 'Choose a new or empty directory with --out.');
    let bytes = 0;
    const left = new Set<string>();
    for (const file of files) {
      const checkpoint = /^checkpoints\/[^/]+/.exec(file)?.[0] ?? null;
      if (checkpoint !== null && left.has(checkpoint)) continue;
      const fetched = await fetchFile(connection, { id, file, path: pathOf(out, file) });
      bytes += fetched ?? 0;
      if (fetched !== null) { output.note(file); continue; }
      output.warn(`${checkpoint ?? file} is left out: the run goes on and has removed it, or it is damaged in the store`);
      if (checkpoint === null) continue;
      left.add(checkpoint); // a part of one is none
      await rm(pathOf(out, checkpoint), { recursive: true, force: true });
    }
    const source = options.data ? await sourceOf(out) : null;
    if (source !== null && isDatasetDigest(source)) await bring(source, { transport: connection.bytes, signal: options.signal });
    output.result({ kind: 'fetched', id, path: out, files: files.length, bytes }, `${files.length} files, ${bytes} bytes in ${out}; \`ebm inspect ${out}\` says what they are`);
    return 0;
  });
}

async function namesOf({ bytes }: Connection, id: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (;;) {
    const { files, more } = await ask(bytes, 'files', { id, after: names.at(-1) ?? '' });
    names.push(...files.map(({ file }) => file));
    if (!more || files.length === 0) return names;
  }
}

/** What the job of a run names as its data. */
async function sourceOf(directory: string): Promise<string> {
  return (await readRunDirectory(directory)).job.data.source;
}

/** What comes from elsewhere names no path outside. */
function pathOf(out: string, file: string): string {
  const path = normalize(file);
  if (isAbsolute(path) || path.startsWith('..')) throw new UsageError('malformed', `the coordinator named a file outside of the run: ${file}`);
  return join(out, path);
}

/** Its bytes; null if there is no such file any more. */
async function fetchFile({ bytes: wire }: Connection, { id, file, path }: { readonly id: string; readonly file: string; readonly path: string }): Promise<number | null> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.tmp-fetch-${process.pid}`);
  const handle = await open(temporary, 'w');
  let offset = 0;
  try {
    for (;;) {
      const { part, bytes } = await ask(wire, 'read', { id, file, offset });
      const content = Buffer.from(part, 'base64');
      await handle.write(content, 0, content.length, offset);
      offset += content.length;
      if (content.length === 0 || offset >= bytes) break;
    }
    await handle.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof ServiceError && error.code === 'no-such-file') return null;
    throw error;
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  return offset;
}
