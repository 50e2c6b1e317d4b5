// `ebm engine install tensorflow`: where to, what is told meanwhile, and what is there at the end. The work is platform/engines.
import { installTensorflow } from '../../platform/engines/install.ts';
import { enginesFolder, tensorflowFolder } from '../../platform/engines/place.ts';
import type { InstallEngineOptions } from '../commands/actions.ts';
import type { ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { stopRequestOf } from '../terminal/signals.ts';

export async function installEngine(options: InstallEngineOptions, output: Output): Promise<ExitCode> {
  const folder = tensorflowFolder(enginesFolder(process.env, options.folder));
  const started = performance.now();
  const step = (text: string): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    if (output.json) output.result({ kind: 'step', text, seconds: Number(seconds) }, text);
    else output.note(`${seconds.padStart(4)} s  ${text}`);
  };
  try {
    const { isNew, stamp } = await installTensorflow({
      folder, flavour: options.gpu ? 'gpu' : 'cpu', wheelOnly: options.wheelOnly, environment: process.env, signal: options.signal, onStep: step,
    });
    const { version, flavour, files } = stamp;
    output.result({ kind: 'installed', engine: 'tensorflow', folder, isNew, version, flavour, source: stamp.source, files }, isNew
      ? `installed: the tensorflow engine with libtensorflow ${version} (${flavour}) in ${folder}; \`ebm train FILE --set resources.engine=tensorflow\` computes with it`
      : `already there: libtensorflow ${version} (${flavour}) in ${folder}, its ${Object.keys(files).length} files as they were installed`);
    return 0;
  } catch (error) {
    const stop = stopRequestOf(options.signal);
    if (stop !== null) return stop.exitCode;
    throw error;
  }
}
