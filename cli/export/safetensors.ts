// A safetensors file in one piece, for exports. The layout is written by platform/journal, which keeps checkpoints in it too.
import { safetensorsPieces } from '../../platform/journal/safetensors.ts';
import type { ExportArray } from './array.ts';

/** The bytes of a .safetensors file; equal arrays and metadata give equal bytes. Throws RangeError if a shape or name does not fit. */
export function safetensorsBytes(arrays: ReadonlyMap<string, ExportArray<Float32Array | Int32Array | Uint8Array>>, metadata: ReadonlyMap<string, string> = new Map()): Uint8Array {
  const tensors = new Map([...arrays].map(([name, { shape, values }]) => [name, { shape, data: values }]));
  const pieces = safetensorsPieces({ tensors, metadata });
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
