// Which engines the contract runs against.
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { engineContract } from './engine-contract.ts';

engineContract('reference', openReferenceEngine);
