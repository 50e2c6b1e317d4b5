// `npm run simulate -- --seeds N [--first S]`: the whole cluster in one thread, with faults; docs/simulator.md. `--seed S [--only 1,2]` replays
// one; `--bugs` plants every bug of the table and says how soon each is found. `--dist FOLDER` takes another build than dist/.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { requireBuild, requireNode, requirePackages, root } from './prerequisites.mjs';

const words = process.argv.slice(2);
const at = words.indexOf('--dist');
const dist = at < 0 ? 'dist' : words.splice(at, 2)[1];
requireNode();
requirePackages();
if (at < 0) requireBuild();
const isBugs = words.includes('--bugs');
const { main } = await import(pathToFileURL(join(root, dist, 'test/simulator', isBugs ? 'bugs-main.js' : 'main.js')));
process.exitCode = await main(words.filter((word) => word !== '--bugs'), join(root, dist));
