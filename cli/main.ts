#!/usr/bin/env node
// The door of the `ebm` command: joins the command line to the real actions and the real process. Owns nothing else, and imports
// nothing that --help does not need.
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { run } from './commands/program.ts';
import { actions } from './compose/actions.ts';
import { failureOf } from './terminal/failure.ts';
import { createOutput } from './terminal/output.ts';
import type { SignalSource } from './terminal/signals.ts';

const words = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { version } = require('ebm-fleet/package.json') as { readonly version: string };
const { stdout, stderr, env: environment } = process;
const nowMs = (): number => performance.now();

let lost = false;

/** Ends the process once what was written has left it. The stream tells of what has not in a turn of its own, after that of the write. */
function exit(exitCode: number): void {
  process.exitCode = exitCode;
  stdout.write('', () => { stderr.write('', () => { setImmediate(() => { process.exit(lost && exitCode === 0 ? 1 : exitCode); }); }); });
}

// Whoever read our output has gone away, for example `ebm explain | head`: no error of ours, and long work has nobody to work for. The process
// itself is not asked for SIGPIPE: it would hear of every socket that breaks.
const reader = new EventEmitter();
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') {
    reader.emit('SIGPIPE');
    return;
  }
  lost = true;
  stderr.write(`error: the output could not be written: ${error.message}\n`, () => { process.exit(1); });
});
// Remarks that nobody can read are no loss.
stderr.on('error', () => undefined);

const sourceOf = (name: string): SignalSource => (name === 'SIGPIPE' ? reader : process);
const signals: SignalSource = {
  on: (name, listener) => sourceOf(name).on(name, listener),
  off: (name, listener) => sourceOf(name).off(name, listener),
};

process.on('uncaughtException', (error) => {
  const failure = failureOf(error);
  createOutput({ json: words.includes('--json'), stdout, stderr, environment, nowMs }).fail(failure);
  exit(failure.exitCode === 0 ? 1 : failure.exitCode);
});

exit(await run(words, actions, {
  stdout, stderr, environment, nowMs, version,
  signals,
  exitNow: (exitCode) => { process.exit(exitCode); },
}));
