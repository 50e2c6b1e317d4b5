// The agreement with the reference engine of what needs no addon.
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { continuousAgreement } from './continuous-agreement.ts';

continuousAgreement('tfjs cpu', () => openTfjsContinuous({ backend: 'cpu' }));
continuousAgreement('tfjs wasm', () => openTfjsContinuous({ backend: 'wasm' }));
