// Shared by the tests of the command line: streams that keep what is written, actions that keep what they are asked, a quiet world.
import type { Actions, EngineDescription } from '../../../cli/commands/actions.ts';
import type { Surroundings } from '../../../cli/commands/context.ts';
import { run } from '../../../cli/commands/program.ts';
import type { ExitCode } from '../../../cli/terminal/failure.ts';
import { createOutput, type Output } from '../../../cli/terminal/output.ts';
import type { Environment, Sink } from '../../../cli/terminal/style.ts';
import type { DataFacts } from '../../../ebm/job.ts';
import type { JobSpec } from '../../../platform/config/config.ts';

export interface KeptSink extends Sink {
  readonly text: () => string;
}

export function keptSink(terminal = false, columns?: number): KeptSink {
  let kept = '';
  return { isTTY: terminal, columns, write: (text) => { kept += text; }, text: () => kept };
}

export const FACTS: DataFacts = { digest: `sha256:${'ab'.repeat(32)}`, trainingRows: 60_000, validationRows: 0, testRows: 10_000, visible: 784 };
export const ENGINES: readonly EngineDescription[] = [
  { name: 'reference', version: 'reference/1', deviceClass: 'integer', threads: 1, isUsingGpu: null, available: true, remark: 'the oracle' },
  { name: 'wasm', version: 'wasm/1', deviceClass: 'integer', threads: null, isUsingGpu: null, available: false, remark: 'no SIMD' },
];

export interface Asked { readonly command: string; readonly options: unknown }

/** Actions that keep what they were asked and answer with the code; `work` may do more. */
export function fakeActions(exitCode: ExitCode = 0, work: (output: Output, options: unknown) => Promise<void> = () => Promise.resolve()): { readonly actions: Actions; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const answer = (command: string) => async (options: unknown, output: Output): Promise<ExitCode> => {
    asked.push({ command, options });
    await work(output, options);
    return exitCode;
  };
  const actions: Actions = {
    train: answer('train'), resume: answer('resume'), evaluate: answer('evaluate'), sample: answer('sample'), transform: answer('transform'),
    score: answer('score'), inpaint: answer('inpaint'), export: answer('export'), verify: answer('verify'), inspect: answer('inspect'), bench: answer('bench'),
    coordinator: answer('coordinator'), worker: answer('worker'), up: answer('up'), down: answer('down'), submit: answer('submit'), list: answer('list'), show: answer('show'), cancel: answer('cancel'), pause: answer('pause'), unpause: answer('unpause'),
    watch: answer('watch'), logs: answer('logs'), fetch: answer('fetch'), workers: answer('workers'), drain: answer('drain'),
    dataPush: answer('dataPush'), dataList: answer('dataList'), dataRemove: answer('dataRemove'),
    installEngine: answer('installEngine'),
    engines: () => Promise.resolve(ENGINES),
    dataFacts: () => Promise.resolve({ facts: FACTS, shape: null }),
    readModule: (spec: JobSpec) => Promise.resolve(spec),
  };
  return { actions, asked };
}

export interface Ran {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ebm WORDS` in this process. */
export async function ran(words: readonly string[], actions: Actions = fakeActions().actions, environment: Environment = {}): Promise<Ran> {
  const [stdout, stderr] = [keptSink(), keptSink()];
  const surroundings: Surroundings = {
    stdout, stderr, environment, nowMs: () => 0, version: '9.8.7',
    signals: { on: () => undefined, off: () => undefined },
    exitNow: () => undefined,
  };
  const exitCode = await run(words, actions, surroundings);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

export interface KeptOutput { readonly output: Output; readonly stdout: KeptSink; readonly stderr: KeptSink }

export function keptOutput(json: boolean, terminal = false, nowMs: () => number = () => 0): KeptOutput {
  const [stdout, stderr] = [keptSink(terminal, 80), keptSink(terminal, 80)];
  return { stdout, stderr, output: createOutput({ json, stdout, stderr, environment: { NO_COLOR: '1', LANG: 'C' }, nowMs }) };
}

export function jsonLines(text: string): readonly Record<string, unknown>[] {
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
}
