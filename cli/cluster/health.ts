// Health and metrics of a role of a cluster: where they are served, and what its connection to NATS adds to them.
import { LOOPBACK, parseListen, type Address } from '../../platform/http/listen.ts';
import type { PrometheusTelemetry, Role } from '../../platform/telemetry/prometheus.ts';
import type { NatsTransport } from '../../platform/transport/nats.ts';
import type { AgentState } from '../../worker/shell/agent.ts';
import { measureProcess, serveProbes, type Standing } from '../compose/probes.ts';
import type { Output } from '../terminal/output.ts';

/** The port that OpenTelemetry's exporters for Prometheus have. */
const COORDINATOR_PORT = 9_464;
const LISTEN_FLAG = '--listen';
const LISTEN_SOURCE = `${LISTEN_FLAG} (or EBM_LISTEN)`;

/** How an agent stands: it is ready while it computes or a coordinator has it waiting. */
export function agentStanding(state: AgentState): Standing {
  switch (state.kind) {
    case 'computing': return { state: `computing for ${state.job}`, reasons: [] };
    case 'waiting': return { state: 'waiting for work', reasons: [] };
    case 'asking': return { state: 'asking', reasons: ['no coordinator has answered yet'] };
    case 'quarantined': return { state: 'quarantined', reasons: [state.message] };
    case 'left': return { state: 'leaving', reasons: ['it leaves the cluster'] };
  }
}

export interface HealthOptions {
  readonly role: Exclude<Role, 'train'>;
  /** HOST:PORT, PORT or off, as in --listen; null where nothing was said. */
  readonly listen: string | null;
  readonly telemetry: PrometheusTelemetry;
  readonly transport: Pick<NatsTransport, 'isConnected' | 'counters'>;
  /** Asked at each probe, and must be quick. That there is a connection need not be looked at. */
  readonly standing: () => Standing;
  readonly output: Output;
}

export interface Health {
  /** null if it was told to be off. */
  readonly url: string | null;
  close(): Promise<void>;
}

/** Rejects with a ListenError (exit code 2) if an address that was asked for cannot be had. */
export async function serveHealth(options: HealthOptions): Promise<Health> {
  const { role, telemetry, output } = options;
  const standing = (): Standing => connectedStanding(options);
  measure(options, standing);
  const { address, mayMove } = addressOf(options);
  if (address === null) return { url: null, close: () => Promise.resolve() };
  const server = await serveProbes({ role, telemetry, standing, address, mayMove, flag: LISTEN_FLAG, warn: (message) => { output.warn(message); } });
  if (server.moved) output.note(`port ${COORDINATOR_PORT} is taken: health and metrics have a free one`);
  output.result({ kind: 'listening', role, url: server.url }, `health and metrics at ${server.url}`);
  return { url: server.url, close: () => server.close() };
}

/** What was asked for must be had; what was not may be elsewhere. A worker takes any port: there are many on a machine. */
function addressOf({ role, listen }: HealthOptions): { readonly address: Address | null; readonly mayMove: boolean } {
  if (listen !== null) return { address: parseListen(listen, LISTEN_SOURCE), mayMove: false };
  return { address: { host: LOOPBACK, port: role === 'coordinator' ? COORDINATOR_PORT : 0 }, mayMove: true };
}

/** Throws ListenError for what is no address, before anything is done. */
export function checkListen(listen: string | null): void {
  if (listen !== null) parseListen(listen, LISTEN_SOURCE);
}

function connectedStanding({ transport, standing }: HealthOptions): Standing {
  const { state, reasons } = standing();
  return { state, reasons: transport.isConnected ? reasons : ['there is no connection to NATS', ...reasons] };
}

function measure({ role, telemetry, transport }: HealthOptions, standing: () => Standing): void {
  measureProcess({ role, telemetry, standing });
  telemetry.gaugeFrom('ebm_transport_connected', () => [{ value: Number(transport.isConnected) }]);
  const { counters } = transport;
  telemetry.counterFrom('ebm_transport_received_bytes_total', () => [{ value: counters.bytesIn }]);
  telemetry.counterFrom('ebm_transport_sent_bytes_total', () => [{ value: counters.bytesOut }]);
  telemetry.counterFrom('ebm_transport_received_frames_total', () => [{ value: counters.framesIn }]);
  telemetry.counterFrom('ebm_transport_sent_frames_total', () => [{ value: counters.framesOut }]);
  telemetry.counterFrom('ebm_transport_retried_frames_total', () => [{ value: counters.framesRetried }]);
  telemetry.counterFrom('ebm_transport_dropped_messages_total', () => [{ value: counters.publishesDropped }]);
  telemetry.counterFrom('ebm_transport_refused_messages_total', () => Object.entries(counters.refused).map(([reason, value]) => ({ value, labels: { reason } })));
}
