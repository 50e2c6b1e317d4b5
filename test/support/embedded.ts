// An embedded run: one coordinator and N workers in this process, on one session, by reference. What cli/compose does, for tests.
import type { CompiledJob } from '../../ebm/job.ts';
import type { Engine, Session } from '../../engine/engine.ts';
import type { RunEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import { EMBEDDED_RULES, type CoordinatorOptions } from '../../coordinator/shell/options.ts';
import { CoordinatorShell } from '../../coordinator/shell/shell.ts';
import { realClock } from '../../platform/clock/real.ts';
import { memoryTelemetry, type MemoryTelemetry } from '../../platform/telemetry/memory.ts';
import { inProcessTransport } from '../../platform/transport/in-process.ts';
import type { Message } from '../../proto/messages.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { WorkerShell } from '../../worker/shell/shell.ts';
import { MemoryJournal } from './memory-journal.ts';
import { tinyData, tinyProblem } from './tiny-job.ts';

export interface EmbeddedOptions {
  readonly engine?: Engine;
  readonly session?: Session;
  readonly workers?: number;
  readonly journal?: MemoryJournal;
  readonly more?: Partial<CoordinatorOptions>;
  readonly onEvent?: (event: RunEvent, coordinator: CoordinatorShell) => void;
}

export interface EmbeddedRun {
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  readonly journal: MemoryJournal;
  readonly telemetry: MemoryTelemetry;
}

export async function runEmbedded(job: CompiledJob, options: EmbeddedOptions = {}): Promise<EmbeddedRun> {
  const { engine = openReferenceEngine(), workers = 1, journal = new MemoryJournal(), more = {}, onEvent } = options;
  const session = options.session ?? await engine.load(tinyProblem(job));
  const clock = realClock();
  const transport = inProcessTransport<Message>(clock);
  const telemetry = memoryTelemetry();
  const data = tinyData(job);
  const events: RunEvent[] = [];
  const coordinator = new CoordinatorShell({
    run: 'test', job, jobDigest: 'sha256:job', session, engine: engine.fingerprint(), journal, clock, telemetry, transport, shared: true, data,
    start: null, epoch: 1, fleet: { ...EMBEDDED_RULES, spanMs: 0 }, progressMs: 0, // by the real clock: how long spans are would be chance
    onEvent: (event) => { events.push(event); onEvent?.(event, coordinator); },
    ...more,
  });
  const running = coordinator.run();
  const roles = Array.from({ length: workers }, (_, i) => new WorkerShell({
    run: 'test', id: `w-${i + 1}`, session, engine: engine.fingerprint(), clock, transport, shared: true,
    visible: job.facts.visible, hidden: job.model.hidden, rows: { test: data.test?.bits ?? null, validation: data.validation?.bits ?? null },
  }));
  const left = roles.map((worker) => worker.run());
  const outcome = await running;
  await Promise.all(left);
  await transport.close();
  return { outcome, events, journal, telemetry };
}
