// `--serve` of `ebm train` and `ebm resume`: health and metrics of the run that this process computes, for as long as the command works.
// Without the flag nothing is loaded and nothing is measured.
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import type { RunningOptions } from '../commands/actions.ts';
import type { Output } from '../terminal/output.ts';
import type { Standing } from './probes.ts';

const FLAG = '--serve';

/** Who hears of a run. */
export type RunListener = Pick<Output, 'event' | 'warn' | 'note'>;

/** Who hears of a run, and what measures it: nothing without --serve. */
export interface Observers {
  readonly listener: RunListener;
  readonly telemetry?: Telemetry;
}

export interface ServeOptions extends Pick<RunningOptions, 'signal'> {
  /** HOST:PORT, PORT or off, as in --serve; null where nothing was said. */
  readonly serve: string | null;
}

/** Does the work while its health and metrics are served; they end with it, however it ends. Rejects with a ListenError before it if the address is none or cannot be had. */
export async function whileServed<Result>({ serve, signal }: ServeOptions, output: Output, work: (observers: Observers) => Promise<Result>): Promise<Result> {
  if (serve === null) return work({ listener: output });
  const { parseListen } = await import('../../platform/http/listen.ts');
  const address = parseListen(serve, FLAG);
  if (address === null) return work({ listener: output });
  const [{ prometheusTelemetry }, { measureProcess, serveProbes }] = await Promise.all([import('../../platform/telemetry/prometheus.ts'), import('./probes.ts')]);
  const telemetry = prometheusTelemetry('train');
  let hasStarted = false;
  const standing = (): Standing => standingOf(hasStarted, signal);
  measureProcess({ role: 'train', telemetry, standing });
  const server = await serveProbes({ role: 'train', telemetry, standing, address, mayMove: false, flag: FLAG, warn: (message) => { output.warn(message); } });
  try {
    tell(output, server.url);
    return await work({ telemetry, listener: watched(output, () => { hasStarted = true; }) });
  } finally {
    await server.close();
  }
}

function standingOf(hasStarted: boolean, { aborted }: AbortSignal): Standing {
  if (aborted) return { state: 'stopping', reasons: ['it was told to stop'] };
  return hasStarted ? { state: 'training', reasons: [] } : { state: 'starting', reasons: ['the run has not started: its job, data and engine are being made ready'] };
}

/** As a role does; but what people get on stdout is the result of the run, so they are told beside it. */
function tell(output: Output, url: string): void {
  if (output.json) output.result({ kind: 'listening', role: 'train', url }, '');
  else output.note(`health and metrics at ${url}`);
}

function watched(listener: RunListener, onStarted: () => void): RunListener {
  return {
    event(event) {
      if (event.kind === 'started') onStarted();
      listener.event(event);
    },
    warn: (message) => { listener.warn(message); },
    note: (text) => { listener.note(text); },
  };
}
