#!/usr/bin/env node
// The door of the `ebm` command: joins the command line to the real actions and the real process. Owns nothing else, and imports
// nothing that --help does not need.
import { createRequire } from 'node:module';
import { run } from './commands/program.ts';
import { actions } from './compose/actions.ts';
import { failureOf } from './terminal/failure.ts';
import { createOutput } from './terminal/output.ts';

const words = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { version } = require('ebm-fleet/package.json') as { readonly version: string };
const { stdout, stderr, env: environment } = process;
const nowMs = (): number => performance.now();

/** Ends the process once what was written has left it. */
function exit(exitCode: number): void {
  process.exitCode = exitCode;
  stdout.write('', () => { stderr.write('', () => { process.exit(exitCode); }); });
}

// Whoever read our output has gone away, for example `ebm explain | head`: no error of ours.
stdout.on('error', (error: NodeJS.ErrnoException) => { process.exit(error.code === 'EPIPE' ? 0 : 1); });

process.on('uncaughtException', (error) => {
  const failure = failureOf(error);
  createOutput({ json: words.includes('--json'), stdout, stderr, environment, nowMs }).fail(failure);
  exit(failure.exitCode === 0 ? 1 : failure.exitCode);
});

exit(await run(words, actions, {
  stdout, stderr, environment, nowMs, version,
  signals: process,
  exitNow: (exitCode) => { process.exit(exitCode); },
}));
