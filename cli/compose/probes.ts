// What every process that is probed serves over HTTP: /healthz (it lives), /readyz (it can do its work, or why not) and /metrics, for
// Prometheus; and the series that they all have. Knows neither a cluster nor a run.
import { serveHttp, type HttpServer, type Reply } from '../../platform/http/http.ts';
import type { Address } from '../../platform/http/listen.ts';
import type { PrometheusTelemetry, Role } from '../../platform/telemetry/prometheus.ts';
import { WIRE_FORMAT_VERSION } from '../../proto/messages.ts';
import { versions } from './versions.ts';

/** `state` in a word or a few (`leading`, `standing by`, `computing`); `reasons` why it is not ready, empty if it is. */
export interface Standing { readonly state: string; readonly reasons: readonly string[] }

export interface Probed {
  readonly role: Role;
  readonly telemetry: PrometheusTelemetry;
  /** Asked at each probe and scrape, and must be quick. */
  readonly standing: () => Standing;
}

export interface ProbeOptions extends Probed {
  readonly address: Address;
  /** If the port is taken, take a free one instead. */
  readonly mayMove: boolean;
  /** That the address can be given with, for the advice of errors. */
  readonly flag: string;
  readonly warn: (message: string) => void;
}

/** Rejects with a ListenError (exit code 2) if the address cannot be had. */
export function serveProbes({ role, telemetry, standing, address, mayMove, flag, warn }: ProbeOptions): Promise<HttpServer> {
  return serveHttp({
    address, mayMove, flag, onError: (error) => { warn(`health and metrics: ${error instanceof Error ? error.message : String(error)}`); },
    routes: {
      '/healthz': () => json(200, { alive: true, role }),
      '/readyz': () => readiness(role, standing()),
      '/metrics': async () => ({ status: 200, contentType: telemetry.contentType, body: await telemetry.text() }),
    },
  });
}

/** What is running, and whether it is ready, as series. Once a telemetry. */
export function measureProcess({ role, telemetry, standing }: Probed): void {
  const { 'ebm-fleet': version = '', node = '' } = versions();
  telemetry.gauge('ebm_build_info', 1, { version, node, wire: String(WIRE_FORMAT_VERSION), role });
  telemetry.gaugeFrom('ebm_ready', () => [{ value: Number(standing().reasons.length === 0) }]);
}

function readiness(role: Role, { state, reasons }: Standing): Reply {
  return reasons.length === 0 ? json(200, { ready: true, role, state }) : json(503, { ready: false, role, state, reasons });
}

function json(status: number, body: Readonly<Record<string, unknown>>): Reply {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n` };
}
