// Measures what docs/benchmarks.md reports: bare kernels beside the whole program, then, with --peers FOLDER (the scripts of reference/peers, whose setup.sh
// has been run), our program in turn with others, one repetition each; `recovery [TIMES]`: how soon a cluster goes on after a death. Prints; writes nothing. Run it on a quiet machine.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { requireBuild, requireNatsServer, requireNode, requirePackages, root, stop } from './prerequisites.mjs';

const flag = process.argv.indexOf('--peers');
const peers = flag > 0 ? process.argv[flag + 1] : null;
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';

requireNode();
requirePackages();
requireBuild();

if (process.argv[2] === 'recovery') {
  const recovery = spawnSync(process.execPath, ['dist/test/bench/recovery.js', ...process.argv.slice(3)], { cwd: root, stdio: 'inherit', env: { ...process.env, EBM_NATS_SERVER: requireNatsServer() } });
  process.exit(recovery.status ?? 1);
}

const EBM = 'node dist/cli/main.js bench';
const WORK = [
  { name: 'pcd1', ours: 'train', peers: ['PYM rbm_numpy.py --rng u16', 'PYM rbm_jax.py', 'PYT rbm_torch.py --variant rand'] },
  { name: 'pcd10', ours: 'train --k 10 --batch 500 --chains 500', peers: ['PYM rbm_numpy.py --rng u16 --k 10 --batch 500', 'PYM rbm_jax.py --k 10 --batch 500'] },
  { name: 'h1024', ours: 'train --hidden 1024 --batch 500 --chains 500', peers: ['PYM rbm_numpy.py --rng u16 --hidden 1024 --batch 500', 'PYM rbm_jax.py --hidden 1024 --batch 500'] },
  { name: 'wide', ours: 'train --visible 4096 --hidden 4096 --batch 256 --chains 256', peers: ['PYM rbm_jax.py --visible 4096 --hidden 4096 --batch 256 --samples 4096'] },
  { name: 'gibbs', ours: 'gibbs --chains 1000', peers: ['PYM gibbs.py --lib numpy-u16', 'PYM gibbs.py --lib jax'] },
  { name: 'ais', ours: 'ais --betas 1000', peers: ['PYM ais.py --lib numpy --temps 1000', 'PYM ais.py --lib jax --temps 1000'] },
];

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exitCode = 1;
}

// The coordinator's machines alone: events a second, with up to 4,000 workers.
if (only === '' || only === 'machine') {
  process.stdout.write('\n== machine\n');
  run(process.execPath, ['dist/test/bench/machine.js']);
}
if (peers !== null && !existsSync(join(peers, 'interleave.py'))) stop(`there is no interleave.py in ${peers}: name the folder of the peers' scripts.`);
for (const { name, ours, peers: others } of WORK) {
  if (only !== '' && only !== name) continue;
  for (const threads of [1, 2]) {
    process.stdout.write(`\n== ${name}, threads ${threads}\n`);
    if (peers === null) run(process.execPath, ['dist/cli/main.js', 'bench', ...ours.split(' '), '--threads', String(threads)]);
    else run('python3', [join(peers, 'interleave.py'), '--reps', '5', ...others.map((each) => `${each} --threads ${threads}`), `${EBM} ${ours} --peer --threads ${threads}`]);
  }
}
