// `npm run simulate -- --bugs [--only NUMBER,...] [--write]`: plants each bug of the table in a copy of the compiled program, plays seeds in
// a process of its own until an invariant is violated, and writes the table test/simulator/bugs.md with --write.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { BUGS, type Bug } from './bugs.ts';
import { INVARIANTS, type Invariant } from './invariants.ts';
import { oracleText } from './oracle.ts';
import { allOracles } from './simulate.ts';

const SEEDS_MAX = 1_000;
const PARTS = ['ebm', 'engine', 'proto', 'coordinator', 'worker', 'platform', 'test/simulator', 'test/support'];

interface Found { readonly invariant: Invariant; readonly seed: number; readonly seeds: number; readonly message: string }

/** The text with the edit made. Throws where what is to be replaced does not occur exactly once. */
export function edited(source: string, { file, find, replace }: Bug['edits'][number]): string {
  const times = source.split(find).length - 1;
  if (times !== 1) throw new Error(`a planted bug no longer fits: ${JSON.stringify(find)} occurs ${times} times in ${file}; change test/simulator/bugs.ts with it`);
  return source.replace(find, () => replace);
}

/** Every edit of every bug still has its place. */
export function checkBugs(dist: string): void {
  for (const { edits } of BUGS) {
    const sources = new Map<string, string>();
    for (const edit of edits) sources.set(edit.file, edited(sources.get(edit.file) ?? readFileSync(join(dist, edit.file), 'utf8'), edit));
  }
}

/** Null if no seed shows it. */
export function hunt(dist: string, bug: Bug, expected: string, seeds = SEEDS_MAX): Found | null {
  const copy = join(dirname(expected), 'copy');
  rmSync(copy, { recursive: true, force: true });
  for (const part of PARTS) cpSync(join(dist, part), join(copy, part), { recursive: true, filter: (path) => !/\.(map|d\.ts|wasm)$/.test(path) || path.endsWith('ebm.d.ts') });
  for (const edit of bug.edits) {
    const path = join(copy, edit.file);
    writeFileSync(path, edited(readFileSync(path, 'utf8'), edit));
  }
  const program = `import { main } from ${JSON.stringify(join(copy, 'test/simulator/main.js'))}; process.exitCode = await main(process.argv.slice(1));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program, '--', '--seeds', String(seeds), '--expected', expected, '--json'], { encoding: 'utf8' });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`the simulator ended with ${status}: ${stderr}`);
  const told = JSON.parse(last) as Partial<Found>;
  return told.invariant === undefined ? null : told as Found;
}

function tableOf(rows: readonly { readonly bug: Bug; readonly found: Found | null }[]): string {
  const lines = rows.map(({ bug, found }) => `| ${bug.name} | ${found?.invariant ?? 'not found'} | ${found === null ? `more than ${SEEDS_MAX}` : found.seeds} |`);
  const invariants = (Object.keys(INVARIANTS) as Invariant[]).map((name) => `- **${name}** ${INVARIANTS[name]}.`);
  return `# Planted bugs\n\nWritten by \`npm run simulate -- --bugs --write\`: each bug alone, planted in a copy of the compiled program, and the seeds (from 1) that it took until an invariant was violated. Expected results come from the program without it.\n\n| bug | found by | seeds |\n|---|---|---|\n${lines.join('\n')}\n\n## Invariants\n\n${invariants.join('\n')}\n`;
}

export async function main(words: readonly string[], dist: string): Promise<number> {
  const { values } = parseArgs({ args: [...words], strict: true, options: { only: { type: 'string' }, write: { type: 'boolean' }, seeds: { type: 'string' } } });
  const folder = join(dist, `../.build/planted-${process.pid}`); // inside the project, so that packages are found
  mkdirSync(folder, { recursive: true });
  const expected = join(folder, 'expected.json');
  try {
    checkBugs(dist);
    writeFileSync(expected, JSON.stringify((await allOracles()).map(oracleText)));
    const numbers = values.only?.split(',').map(Number);
    const rows: { readonly bug: Bug; readonly found: Found | null }[] = [];
    for (const [number, bug] of BUGS.entries()) {
      if (numbers !== undefined && !numbers.includes(number)) continue;
      const found = hunt(dist, bug, expected, Number(values.seeds ?? SEEDS_MAX));
      rows.push({ bug, found });
      process.stdout.write(`${String(number).padStart(3)} ${found === null ? 'NOT FOUND' : `${found.invariant} after ${found.seeds} seeds`}: ${bug.name}${found === null ? '' : `\n      ${found.message.split('\n')[0]}`}\n`);
    }
    if (values.write === true) writeFileSync('test/simulator/bugs.md', tableOf(rows));
    return rows.every(({ found }) => found !== null) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
