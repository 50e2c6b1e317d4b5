// The digest of the golden unit: the same for every engine of the integer class. A change of it is a change of the arithmetic (EXACT.md).
import { createHash } from 'node:crypto';
import type { Engine } from '../../engine/engine.ts';
import { goldenUnit } from '../../engine/golden.ts';

export const GOLDEN_DIGEST = 'sha256:c5ef0730d16b2f4855f1a41a5431e628fae7a0e403490c03dda3eb926d72990c';

export async function goldenDigest(engine: Engine): Promise<string> {
  const hash = createHash('sha256');
  for (const bytes of await goldenUnit(engine)) hash.update(bytes);
  return `sha256:${hash.digest('hex')}`;
}
