// What the loader (engine/wasm/kernels.ts) calls. Kernels own no memory: every address is an argument or a word of a block that is one.
export { buildTables, addTables, widen, startWide, finishSums, addRowsWide } from './products';
export { compileProgram, fillPacking, clear } from './programs';
export { sampleBlock } from './sampling';
export { buildThresholdTables, addThresholdTables, addHiddenSums, clearBlock, transposeBits, addCounts } from './statistics';
export { orderRows, gatherRows, copyRows, copyBytes, drawRows } from './data';
export { publishPart, stepPart } from './publish';
export { addParts } from './step';
export { scaleInputs, annealFactors } from './annealing';
export { narrowThresholds, widenThresholds, encodeMoves, decodeMoves, fillSpreading } from './wire';
export { rowBits, packRow, addRow } from './packed';
export { fillNormals } from './normals';
export { addExactly, takeSums } from './exact';
export { moveFloats } from './floats';
