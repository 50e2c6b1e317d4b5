// Telemetry that nobody reads: for embedded runs that are not served (`--serve`), which tell everything by events.
import type { Telemetry } from './telemetry.ts';

export const SILENT_TELEMETRY: Telemetry = { count: () => undefined, gauge: () => undefined, observe: () => undefined, forget: () => undefined };
