// The package's own install script, which downloads a built addon and libraries from a storage host of its makers, often blocked in closed networks.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Flavour } from './recipe.ts';
import { runTool, type Surroundings } from './tools.ts';

const REACH_LIMIT_MS = 5_000;
const SCRIPT_LIMIT_MS = 5 * 60_000;

/** Null if it ended well, else why not: the caller has another way. */
export async function runOwnScript(packageFolder: string, flavour: Flavour, surroundings: Surroundings): Promise<string | null> {
  const { binary } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { readonly binary?: { readonly host?: string } };
  if (binary?.host === undefined) return 'the package names no host to download from';
  const reason = await unreachable(binary.host, surroundings.signal);
  if (reason !== null) return reason;
  const advice = { missing: '', failed: '' };
  try {
    await runTool({ ...surroundings, command: process.execPath, args: [join('scripts', 'install.js'), flavour, 'download'], folder: packageFolder, limitMs: SCRIPT_LIMIT_MS, advice });
    return null;
  } catch (error) {
    surroundings.signal.throwIfAborted();
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
}

async function unreachable(host: string, signal: AbortSignal): Promise<string | null> {
  try {
    const { status } = await fetch(host, { method: 'HEAD', signal: AbortSignal.any([signal, AbortSignal.timeout(REACH_LIMIT_MS)]) });
    return status === 407 || status >= 500 ? `its download host answers ${status}` : null;
  } catch {
    signal.throwIfAborted();
    return 'its download host cannot be reached from here';
  }
}
