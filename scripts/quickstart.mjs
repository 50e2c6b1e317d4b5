// One command on a fresh machine: installs, builds, trains an RBM on MNIST, says how good it is and shows samples.
import { spawnSync } from 'node:child_process';
import { requireBuild, requireNode, requirePackages, root } from './prerequisites.mjs';

requireNode();
requirePackages();
requireBuild();
const result = spawnSync(process.execPath, ['dist/cli/main.js', 'train', 'examples/mnist-rbm.yaml', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exit(result.status ?? 1);
