// The text of a user's module: read from its file within bounds, and known by its digest.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { MODULE_LIMITS } from '../../ebm/continuous/module.ts';
import { ModuleError } from './errors.ts';

/** `sha256:` of the text. */
export function moduleDigest(source: string): string {
  return `sha256:${createHash('sha256').update(source).digest('hex')}`;
}

/** Throws ModuleError `module-unreadable`. */
export async function readModule(path: string): Promise<string> {
  const unreadable = (message: string, cause?: unknown): ModuleError => new ModuleError('module-unreadable', `${path}: ${message}`, {
    cause, advice: 'model.energy.path names a TypeScript file (.ts), relative to the job file.',
  });
  const { textCharactersMax } = MODULE_LIMITS;
  if (!/\.m?ts$/.test(path)) throw unreadable('a module of an energy is a TypeScript file, whose name ends in .ts');
  try {
    const { size } = await stat(path);
    if (size > textCharactersMax) throw unreadable(`has ${size} bytes; at most ${textCharactersMax} are accepted`);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof ModuleError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw unreadable(code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${error instanceof Error ? error.message : String(error)})`, error);
  }
}
