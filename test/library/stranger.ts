// A TypeScript project that has nothing but this package installed, as it was built, and the compiler.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUILD, temporaryFolder } from './support.ts';

const SETTINGS = {
  compilerOptions: {
    target: 'ES2022', lib: ['ES2022', 'DOM'], module: 'NodeNext', types: [], strict: true, skipLibCheck: false,
    noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noPropertyAccessFromIndexSignature: true, verbatimModuleSyntax: true,
  },
};

/** Its folder. The package's own packages are found where its files really are. */
export function strangersProject(): string {
  const folder = temporaryFolder();
  const installed = join(folder, 'node_modules', 'ebm-fleet');
  mkdirSync(installed, { recursive: true });
  copyFileSync('package.json', join(installed, 'package.json'));
  symlinkSync(BUILD, join(installed, 'dist'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

/** Compiles files there; what the compiler says, which is nothing when all is well. */
export function compile(folder: string, ...files: readonly string[]): string {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...SETTINGS, files }));
  return spawnSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' }).stdout;
}
