// Shared by the tests of data sets: small sources of each kind of values, and a coordinator's side over the transport inside a process.
import type { TestContext } from 'node:test';
import type { RawData, SourceData } from '../../../platform/data/data.ts';
import type { Clock } from '../../../platform/clock/clock.ts';
import { realClock } from '../../../platform/clock/real.ts';
import type { DatasetWire } from '../../../platform/datasets/client.ts';
import { realDisk, type DatasetDisk } from '../../../platform/datasets/disk.ts';
import type { DatasetLimits } from '../../../platform/datasets/limits.ts';
import { packSource, type DatasetPack } from '../../../platform/datasets/pack.ts';
import type { DatasetKeep } from '../../../platform/datasets/keep.ts';
import { DatasetServer, directoryKeep } from '../../../platform/datasets/server.ts';
import { inProcessTransport } from '../../../platform/transport/in-process.ts';
import type { Transport } from '../../../platform/transport/transport.ts';
import { seeded } from '../../support/seeded.ts';
import { folderWith } from '../data/fixtures.ts';

export function table(values: RawData['values'], columns: number, more: Partial<RawData> = {}): RawData {
  return { rows: values.length / columns, columns, shape: null, values, labels: null, ...more };
}

/** Rows of 0 and 255. */
export function bitTable(rows: number, columns: number, seed: number): RawData {
  const random = seeded(seed);
  return table(Uint8Array.from({ length: rows * columns }, () => random() < 0.5 ? 0 : 255), columns);
}

export function byteTable(rows: number, columns: number, seed: number): RawData {
  const random = seeded(seed);
  return table(Uint8Array.from({ length: rows * columns }, () => Math.floor(256 * random())), columns);
}

export function floatTable(rows: number, columns: number, seed: number): RawData {
  const random = seeded(seed);
  return table(Float32Array.from({ length: rows * columns }, () => random()), columns);
}

export function sourceOf(training: RawData, test: RawData | null = null): SourceData {
  return { training, test };
}

/** A pack of about so many bytes, another for each seed. */
export function packOf(bytes: number, seed = 1): DatasetPack {
  return packSource(sourceOf(byteTable(Math.max(1, Math.floor(bytes / 64)), 64, seed)), 'test');
}

/** Chunks of 1 KiB, and no waiting between attempts. */
export const SMALL: Partial<DatasetLimits> = { chunkBytesMax: 1_024, retryDelayMs: 0 };

export interface Side {
  readonly directory: string;
  readonly transport: Transport<Uint8Array>;
  readonly wire: DatasetWire;
  readonly server: DatasetServer;
  readonly failures: unknown[];
}

export interface SideOptions {
  readonly limits?: Partial<DatasetLimits>;
  readonly disk?: DatasetDisk;
  readonly directory?: string;
  readonly clock?: Clock;
  /** In place of the folder. */
  readonly makeKeep?: () => Promise<DatasetKeep>;
  readonly jobsOf?: (digest: string) => readonly string[];
}

/** A coordinator's side that serves; its data sets are in a folder that vanishes with the test. */
export async function side(context: TestContext, { limits = {}, disk = realDisk(), directory, clock = realClock(), makeKeep, jobsOf }: SideOptions = {}): Promise<Side> {
  const folder = directory ?? await folderWith(context);
  const transport = inProcessTransport<Uint8Array>(clock);
  const failures: unknown[] = [];
  const server = await DatasetServer.open({ keep: await (makeKeep?.() ?? directoryKeep(folder, disk)), limits: { ...SMALL, ...limits }, onFailure: (error) => { failures.push(error); }, ...(jobsOf === undefined ? {} : { jobsOf }) });
  server.serve(transport);
  context.after(async () => {
    await transport.close();
    await server.close();
  });
  return { directory: folder, transport, server, failures, wire: { transport, clock, limits: { ...SMALL, ...limits } } };
}

/** A transport whose requests pass through a function, which may fail or change them. */
export function between(transport: Transport<Uint8Array>, pass: (subject: string, payload: Uint8Array, ask: () => Promise<Uint8Array>) => Promise<Uint8Array>): Transport<Uint8Array> {
  return {
    request: (subject, payload, options) => pass(subject, payload, () => transport.request(subject, payload, options)),
    serve: (subject, handler) => transport.serve(subject, handler),
    publish: (subject, payload) => { transport.publish(subject, payload); },
    subscribe: (subject, handler) => transport.subscribe(subject, handler),
    close: () => transport.close(),
  };
}

