// A user's module from its text: what its types and rules say with places, what is not read, and what is run.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { declaredParameters } from '../../../ebm/continuous/module.ts';
import { importDefinition } from '../../../engine/module-program.ts';
import { checkModule, programOf } from '../../../platform/modules/compile.ts';
import { ModuleError } from '../../../platform/modules/errors.ts';
import { moduleDigest, readModule } from '../../../platform/modules/source.ts';
import { temporaryFolder } from '../../support/small-run.ts';
import { moduleText, userEnergy } from '../../support/user-module.ts';

const SOUND = moduleText('{ w: { shape: [2], deviation: 1 } }', 'return ops.sum(ops.mul(x, p.w), -1);');
const folder = temporaryFolder();
after(folder.remove);

function problemsOf(text: string): string {
  try {
    checkModule(text, 'own.ts');
  } catch (error) {
    assert.ok(error instanceof ModuleError);
    assert.equal(error.code, 'module-invalid');
    return error.message;
  }
  return 'none';
}

describe('the check', () => {
  test('lets a sound module pass, with types of its own', () => {
    assert.equal(problemsOf(SOUND), 'none');
    assert.equal(problemsOf(`${SOUND}type Pair = readonly [number, number];\nexport const unused: Pair = [1, Math.max(2, 3)];\n`), 'none');
    assert.equal(problemsOf(SOUND.replace('{ defineEnergy }', '{ defineEnergy as define, type EnergyTensor }').replace('= defineEnergy', '= define')), 'none');
  });

  const TYPES: readonly (readonly [string, string, RegExp])[] = [
    ['an operation that there is not', 'return ops.matmul(x, p.w);', /^own\.ts:3:12: Property 'matmul' does not exist on type 'EnergyOperations'\. Did you mean 'matMul'\?$/],
    ['a parameter that is not declared', 'return ops.mul(x, p.v);', /^own\.ts:3:21: Property 'v' does not exist/],
    ['a number in place of a tensor', 'return 3;', /^own\.ts:2:73: .*\n.*Type 'number' is not assignable to type 'EnergyTensor'/],
    ['a tensor in place of a number', 'return ops.sum(x, p.w);', /^own\.ts:3:19: Argument of type 'EnergyTensor' is not assignable to parameter of type 'number'/],
    ['what the language alone has not', 'process.exit();\nreturn ops.sum(x, -1);', /^own\.ts:3:1: Cannot find name 'process'/],
    ['syntax', 'return ops.sum(x, -1;', /own\.ts:3:21: '\)' expected|own\.ts:3:21: ',' expected/],
  ];
  for (const [what, body, message] of TYPES) test(`tells ${what} with its line and column`, () => { assert.match(problemsOf(moduleText('{ w: { shape: [2] } }', body)), message); });

  const RULES: readonly (readonly [string, RegExp])[] = [
    ["import fs from 'node:fs';", /^own\.ts:1:1: a module may import ebm-fleet alone/m], ["import { a } from './other.ts';", /1:1: a module may import/], ["export * from 'ebm-fleet';", /1:1: a module may import/],
    ["import fs = require('node:fs');", /1:1: a module may import/], ["type A = import('./other.ts').A;", /1:10: a module may import/], ["const a = import('node:fs');", /1:11: a module may import/],
    ['const a = import.meta;', /1:11: a module may import/], ['/// <reference path="/etc/passwd" />', /1:\d+: a module may import/],
    ["const a = eval('1');", /1:11: eval would bring in code/], ["const a = new Function('return 1');", /1:15: Function would bring in code/], ["const a = globalThis['process'];", /1:11: globalThis would bring in code/],
    ['const a = Math.random();', /1:11: Math\.random gives other values/], ['const a = Date.now();', /1:11: Date gives other values/], ['const a = await Promise.resolve(1);', /1:11: an energy is computed at once/],
  ];
  for (const [line, message] of RULES) test(`refuses ${line}`, () => { assert.match(problemsOf(`${line}\n${SOUND}`), message); });

  test('a field may have any name', () => { assert.equal(problemsOf(`${SOUND}export const names = { Date: 1, eval: 2 };\nexport const one = names.Date;\n`), 'none'); });

  test('tells at most ten problems, in the order of the text', () => {
    const lines = problemsOf(moduleText('{ w: { shape: [2] } }', `${'ops.none();\n'.repeat(12)}return ops.sum(x, -1);`)).split('\n');
    assert.deepEqual([lines.length, lines[0]?.slice(0, 12), lines.at(-1)], [11, 'own.ts:3:5: ', 'and 2 more']);
  });
});

describe('the program', () => {
  test('is what the text says, whatever was in its types', async () => {
    const { program } = await userEnergy(`${SOUND}interface Unused { readonly a: number }\nexport type { Unused };\n`);
    const definition = await importDefinition(program);
    assert.deepEqual(definition.parameters, { w: { shape: [2], deviation: 1 } });
    assert.equal(typeof definition.energy, 'function');
  });

  test('is of the text that the digest names, and is checked for its rules again', () => {
    assert.throws(() => programOf({ source: `${SOUND}\n`, digest: moduleDigest(SOUND) }, 'own.ts'), { code: 'module-changed' });
    const source = `import 'node:fs';\n${SOUND}`;
    assert.throws(() => programOf({ source, digest: moduleDigest(source) }, 'own.ts'), { code: 'module-invalid' });
  });

  test('has one energy, and errors of its import have their place', async () => {
    const imported = (source: string) => importDefinition(programOf({ source, digest: moduleDigest(source) }, 'own.ts'));
    await assert.rejects(imported('export const a = 1;\n'), /own\.ts: 0 of its exports are energies; exactly one is accepted: export const energy = defineEnergy/);
    await assert.rejects(imported(`${SOUND}export const again = { ...energy };\n`), /own\.ts: 2 of its exports are energies/);
    await assert.rejects(imported(`interface Gone {\n  a: number;\n}\n${SOUND}throw new Error('not today');\n`), /^Error: own\.ts:8:7: not today$/);
  });
});

describe('declarations', () => {
  test('are in the order of their names, with no deviation unless given', () => {
    assert.deepEqual(declaredParameters({ b: { shape: [] }, a: { shape: [3, 2], deviation: 0.5 }, 'a/c': { shape: [1] } }), [
      { name: 'a', shape: [3, 2], deviation: 0.5 }, { name: 'a/c', shape: [1], deviation: 0 }, { name: 'b', shape: [], deviation: 0 },
    ]);
  });

  const WRONG: readonly (readonly [unknown, RegExp])[] = [
    [null, /no table of names/], [[], /no table of names/], [{}, /has 0 names; from 1 to 256/], [{ '1': { shape: [] } }, /"1" is no name of a parameter/], [{ log_partition: { shape: [] } }, /not log_partition/],
    [{ a: {} }, /the shape of a is undefined; a list of at most 6/], [{ a: { shape: [0] } }, /the shape of a is \[0\]/], [{ a: { shape: [1.5] } }, /the shape of a/], [{ a: { shape: [1, 1, 1, 1, 1, 1, 1] } }, /at most 6/],
    [{ a: { shape: [], deviation: -1 } }, /the deviation of a is -1; a number from 0/], [{ a: { shape: [], deviation: NaN } }, /deviation of a is NaN/],
  ];
  for (const [declared, message] of WRONG) test(`${JSON.stringify(declared)} is refused`, () => { assert.throws(() => declaredParameters(declared), message); });
});

test('a file is read within bounds', async () => {
  writeFileSync(folder.file('own.ts'), SOUND);
  assert.equal(await readModule(folder.file('own.ts')), SOUND);
  writeFileSync(folder.file('long.ts'), `// ${'x'.repeat(65_536)}`);
  writeFileSync(folder.file('bytes.ts'), Uint8Array.of(0xff, 0xfe));
  mkdirSync(folder.file('folder.ts'));
  for (const [name, message] of [['long.ts', /at most 65536/], ['bytes.ts', /cannot be read/], ['folder.ts', /is a folder/], ['none.ts', /there is no such file/], ['own.js', /whose name ends in \.ts/]] as const) {
    await assert.rejects(readModule(folder.file(name)), (error) => error instanceof ModuleError && error.code === 'module-unreadable' && message.test(error.message));
  }
});
