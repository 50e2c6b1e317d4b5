// The scripts are loaded by the real shells: bash always, zsh and fish where they are installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { jsonLines, ran } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'ebm-completion-'));
const scripts = new Map<string, string>();

before(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, exitCode } = await ran(['completion', shell]);
    assert.equal(exitCode, 0);
    scripts.set(shell, join(folder, `completion.${shell}`));
    writeFileSync(join(folder, `completion.${shell}`), stdout);
  }
});
after(() => { rmSync(folder, { recursive: true }); });

function output(command: string, words: readonly string[]): string {
  const result = spawnSync(command, words, { encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  assert.equal(result.stderr, '');
  return result.stdout;
}

const installed = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;
const sorted = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '').sort();

/** What each shell offers for the line before the cursor. */
const OFFER: Readonly<Record<string, (line: string) => readonly string[]>> = {
  bash: (line) => sorted(output('bash', ['--norc', '-c',
    `source "$0"; COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}; _ebm; printf '%s\\n' "\${COMPREPLY[@]}"`, scripts.get('bash') ?? '', line])),
  // Outside of its line editor zsh has no completion system: its commands are replaced by ones that print what they are given.
  zsh: (line) => sorted(output('zsh', ['-f', '-c', `
    compdef() { }; compset() { }; _files() { print -l -- *(N) }
    compadd() { local tail=''; [[ $1 == -S ]] && { tail=$2; shift 2 }; shift; print -l -- \${^@}$tail | grep -- "^\${prefix}" }
    _describe() { [[ $1 == -o ]] && shift; print -l -- \${(P)2%%:*} | grep -- "^\${prefix}" }
    source "$0"; words=("\${(@s: :)1}"); CURRENT=$#words; prefix="\${words[CURRENT]#*=}"; _ebm || true`, scripts.get('zsh') ?? '', line])),
  fish: (line) => sorted(output('fish', ['--no-config', '-c', `source ${scripts.get('fish') ?? ''}; complete -C '${line}'`])
    .split('\n').map((each) => (each.split('\t')[0] ?? '').replace(/^train\.objective=(?=.)/, '').replace(/^--engine=/, '')).join('\n')),
};

const LINES: readonly (readonly [string, readonly string[]])[] = [
  ['ebm tra', ['train', 'transform']],
  ['ebm bench ', ['ais', 'cluster', 'gibbs', 'kernels', 'langevin', 'train']],
  ['ebm bench --threads 2 gi', ['gibbs']],
  ['ebm bench --engine r', ['reference']],
  ['ebm export runs/a --format n', ['npz']],
  ['ebm engine ', ['install', 'list']],
  ['ebm completion z', ['zsh']],
  ['ebm help ver', ['verify']],
  ['ebm verify runs/a --fr', ['--from']],
  ['ebm train job.yaml --set train.objective=p', ['pcd']],
  ['ebm train --set checkpoint.k', ['checkpoint.keep=']],
];

for (const shell of ['bash', 'zsh', 'fish'].filter(installed)) {
  test(`${shell} loads the script and completes commands, flags, fields and their values`, () => {
    for (const [line, expected] of LINES) assert.deepEqual(OFFER[shell]?.(line), expected, line);
  });
}

test('bash completes files for a job file, and folders for a run', () => {
  assert.deepEqual(OFFER['bash']?.('ebm train examples/mnist-r'), ['examples/mnist-rbm.yaml']);
  assert.deepEqual(OFFER['bash']?.('ebm resume exampl'), ['examples']);
  assert.deepEqual(OFFER['bash']?.('ebm resume package.js'), []);
  assert.deepEqual(OFFER['bash']?.('ebm explain train.optimiser.beta'), ['train.optimiser.beta1', 'train.optimiser.beta2']);
});

test('with --json the script is in one object', async () => {
  const [line] = jsonLines((await ran(['completion', 'bash', '--json'])).stdout);
  assert.deepEqual([line?.['kind'], line?.['shell']], ['completion', 'bash']);
  assert.match(String(line?.['script']), /complete -F _ebm ebm/);
});
