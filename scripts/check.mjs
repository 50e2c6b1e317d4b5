// Everything that `npm run check` stands for, in two lanes that take about as long: lint is one, all the rest the other. Each step's output
// comes whole when it has ended; the others go on when one has failed. `--tools` also fetches what the tests need, meanwhile.
import { spawn } from 'node:child_process';
import { requireNode, requirePackages, root } from './prerequisites.mjs';

const withTools = process.argv.includes('--tools');

/** Whether a script of package.json, or one of scripts/, went well. */
function step(name, words) {
  const startedMs = performance.now();
  const child = spawn(words[0], words.slice(1), { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text; });
  return new Promise((resolve) => {
    child.on('error', (error) => { said += `${error.message}\n`; });
    child.on('close', (code) => {
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
      process.stdout.write(`${said}${code === 0 ? 'passed' : 'FAILED'}: ${name}, ${seconds} s\n`);
      resolve(code === 0);
    });
  });
}

const check = (name) => step(`check:${name}`, ['npm', 'run', '--silent', `check:${name}`]);

/** True if all of them went well; each is tried. */
async function lane(...names) {
  let isGood = true;
  for (const name of names) isGood = await check(name) && isGood;
  return isGood;
}

requireNode();
requirePackages();
const linted = lane('lint');
// It builds dist/, which the tensorflow engine's installation needs: two builds at once would be one in the other's way.
const generated = check('generated');
const fetched = withTools ? generated.then((isGood) => isGood && step('tools of the tests', [process.execPath, 'scripts/test.mjs', '--prepare'])) : true;
const rest = generated.then(async (isGood) => await lane('types', 'pure', 'imports') && isGood);
const results = await Promise.all([linted, rest, fetched]);
process.exit(results.every(Boolean) ? 0 : 1);
