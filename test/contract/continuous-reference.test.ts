// The contract of continuous engines on the reference engine.
import { openContinuousReference } from '../../engine/reference/continuous.ts';
import { continuousContract } from './continuous-contract.ts';

continuousContract('reference', () => Promise.resolve(openContinuousReference()));
