// The contract of the engine port: one suite for every adapter, the reference included. An engine that passes computes EXACT.md's bits.
import { after, before, describe } from 'node:test';
import type { Engine } from '../../engine/engine.ts';
import { bitsContract } from './engine-contract-bits.ts';
import { boundsContract } from './engine-contract-bounds.ts';
import { exactContract } from './engine-contract-exact.ts';
import { exchangeContract } from './engine-contract-exchange.ts';
import { packingContract } from './engine-contract-packing.ts';
import { sampleContract } from './engine-contract-sample.ts';

/** Registers the suite. `open` is called once; the engine is closed after the last test. */
export function engineContract(name: string, open: () => Engine | Promise<Engine>): void {
  describe(`engine contract: ${name}`, () => {
    let engine: Engine | null = null;
    before(async () => { engine = await open(); });
    after(async () => { await engine?.close(); });
    const engineOf = (): Engine => {
      if (engine === null) throw new Error('the engine is not open');
      return engine;
    };
    bitsContract(name, engineOf);
    boundsContract(name, engineOf);
    sampleContract(name, engineOf);
    exactContract(name, engineOf);
    exchangeContract(name, engineOf);
    packingContract(name, engineOf);
  });
}
