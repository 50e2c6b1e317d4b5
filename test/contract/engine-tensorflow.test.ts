import { openTensorflowEngine } from '../../engine/tfjs/engine.ts';
import { engineContract } from './engine-contract.ts';
engineContract('tensorflow', () => openTensorflowEngine({ location: process.env['TFLOC']!, threads: 1 }));
