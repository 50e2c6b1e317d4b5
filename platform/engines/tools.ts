// Programs of the machine that an installation needs, run with a limit of time; what they said last is part of the error.
import { spawn } from 'node:child_process';
import { EngineError } from './errors.ts';

const TAIL_BYTES = 2_000;
const OUTPUT_BYTES_MAX = 1 << 20;

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface ToolRun extends Surroundings {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly limitMs: number;
  /** What to do where the program is not there, and where it fails. */
  readonly advice: { readonly missing: string; readonly failed: string };
}

/** Standard output. Throws EngineError (`tool-missing`, `tool-failed`), and what the signal was aborted with. */
export function runTool({ command, args, folder, limitMs, advice, environment, signal }: ToolRun): Promise<string> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let output = '';
    let end: 'limit' | 'stopped' | null = null;
    const kill = (why: 'limit' | 'stopped'): void => {
      end = why;
      child.kill('SIGTERM');
    };
    const timer = setTimeout(kill, limitMs, 'limit');
    const stop = (): void => { kill('stopped'); };
    signal.addEventListener('abort', stop, { once: true });
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    child.stdout.on('data', (chunk: Buffer) => { output = (output + chunk.toString()).slice(-OUTPUT_BYTES_MAX); });
    child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-TAIL_BYTES); });
    child.once('error', (error) => {
      done();
      const isMissing = 'code' in error && error.code === 'ENOENT';
      reject(isMissing ? new EngineError('tool-missing', `${command} is not on this machine`, advice.missing, error) : new EngineError('tool-failed', `${command} could not be started: ${error.message}`, advice.failed, error));
    });
    child.once('close', (code) => {
      done();
      if (end === 'stopped') reject(signal.reason as Error);
      else if (end === 'limit') reject(new EngineError('tool-failed', `${command} was still at work after ${limitMs / 1000} s`, advice.failed));
      else if (code === 0) resolve(output);
      else reject(new EngineError('tool-failed', `\`${[command, ...args.slice(0, 3)].join(' ')}\` failed${code === null ? '' : ` with ${code}`}:\n${(said || output.slice(-TAIL_BYTES)).trim()}`, advice.failed));
    });
  });
}
