// A user's module from text to what can be run: its types checked against the declarations of defineEnergy and those of the language alone, its types
// erased. Loads the TypeScript compiler, so whoever needs none of it does not import this file.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { CompiledModule } from '../../ebm/continuous/model.ts';
import type { ModuleProgram } from '../../engine/module-program.ts';
import { invalidModule, ModuleError, type ModuleProblem } from './errors.ts';
import { DOOR, forbiddenIn, placeOf } from './rules.ts';
import { moduleDigest } from './source.ts';

/** What the checker calls the text: no file of that name is read. */
const NAME = '/module/energy.ts';
const DEFINITIONS = new URL('../../ebm/continuous/define-energy', import.meta.url);

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ['lib.es2022.d.ts'], types: [],
  strict: true, noImplicitReturns: true, noEmit: true, isolatedModules: true,
};

const parsed = (source: string): ts.SourceFile => ts.createSourceFile(NAME, source, ts.ScriptTarget.ES2022, true);

/** Throws ModuleError `module-invalid` with every problem of rules and types. `path`: what messages call the text. */
export function checkModule(source: string, path: string): void {
  const problems = [...forbiddenIn(parsed(source)), ...typeProblems(source)];
  if (problems.length > 0) throw invalidModule(path, inOrder(problems));
}

/** Throws ModuleError: `module-changed` if the text is not what its digest says, `module-invalid` for one that may not be run. */
export function programOf({ source, digest }: Pick<CompiledModule, 'source' | 'digest'>, path: string): ModuleProgram {
  if (moduleDigest(source) !== digest) throw new ModuleError('module-changed', `the text of ${path} is not the one of ${digest}`, { advice: 'Compile the job again from the module\'s file.' });
  const forbidden = forbiddenIn(parsed(source));
  if (forbidden.length > 0) throw invalidModule(path, forbidden);
  const door = new URL(`${DEFINITIONS.href}.js`).href;
  const { outputText, sourceMapText } = ts.transpileModule(source, {
    fileName: NAME, compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, sourceMap: true },
    transformers: { after: [(context) => (file) => ts.visitEachChild(file, (node) => doorOpened(context.factory, node, door), context)] },
  });
  return { path, code: outputText.replace(/^\/\/# sourceMappingURL=.*$/m, ''), map: sourceMapText ?? '{}', label: `ebm-module-${digest.slice('sha256:'.length)}` };
}

/** From a data: URL only an absolute one can be imported. */
function doorOpened(factory: ts.NodeFactory, node: ts.Node, door: string): ts.Node {
  if (!ts.isImportDeclaration(node)) return node;
  return factory.updateImportDeclaration(node, node.modifiers, node.importClause, factory.createStringLiteral(door), node.attributes);
}

function inOrder(problems: readonly ModuleProblem[]): readonly ModuleProblem[] {
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function typeProblems(source: string): readonly ModuleProblem[] {
  const program = ts.createProgram([NAME], OPTIONS, hostOf(source));
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, '\n  ');
    return file === undefined || start === undefined ? { line: null, column: null, message } : { ...placeOf(file, start), message };
  });
}

/** Reads the language's own declarations and those of defineEnergy, and nothing else whatever the text asks for. */
function hostOf(source: string): ts.CompilerHost {
  const definitions = fileURLToPath(new URL(`${DEFINITIONS.href}.d.ts`));
  const library = dirname(ts.getDefaultLibFilePath(OPTIONS));
  const textOf = (name: string): string | undefined => {
    if (name === NAME) return source;
    return (name === definitions || dirname(name) === library) && existsSync(name) ? readFileSync(name, 'utf8') : undefined;
  };
  return {
    fileExists: (name) => textOf(name) !== undefined, readFile: textOf, writeFile: () => undefined,
    getSourceFile: (name, options) => {
      const text = textOf(name);
      return text === undefined ? undefined : ts.createSourceFile(name, text, options);
    },
    getDefaultLibFileName: () => join(library, 'lib.es2022.d.ts'), getDefaultLibLocation: () => library,
    getCurrentDirectory: () => '/module', getCanonicalFileName: (name) => name, useCaseSensitiveFileNames: () => true, getNewLine: () => '\n',
    resolveModuleNameLiterals: (names) => names.map(({ text }) => ({
      resolvedModule: text === DOOR ? { resolvedFileName: definitions, extension: ts.Extension.Dts, isExternalLibraryImport: true } : undefined,
    })),
  };
}
