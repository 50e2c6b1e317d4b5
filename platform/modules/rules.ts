// What the text of a user's module may not contain, found in its syntax: anything that would bring in other code, and what gives other numbers at
// another time. It keeps honest modules repeatable; it is no sandbox.
import ts from 'typescript';
import type { ModuleProblem } from './errors.ts';

/** The one module that may be imported. */
export const DOOR = 'ebm-fleet';

const ONLY_DOOR = `a module may import ${DOOR} alone; write what it needs into its own text`;
const FORBIDDEN: ReadonlyMap<string, string> = new Map([
  ...['eval', 'Function', 'globalThis', 'require'].map((name) => [name, `${name} would bring in code that is not in this text`] as const),
  ...['Date', 'performance', 'crypto'].map((name) => [name, `${name} gives other values each time, and a run could not be repeated`] as const),
]);

export function forbiddenIn(file: ts.SourceFile): readonly ModuleProblem[] {
  const problems: ModuleProblem[] = [];
  const refuse = (node: ts.Node, message: string): void => { problems.push({ ...placeOf(file, node.getStart(file)), message }); };
  const visit = (node: ts.Node): void => {
    const message = refusalOf(node);
    if (message === null) ts.forEachChild(node, visit);
    else refuse(node, message);
  };
  visit(file);
  for (const { pos } of [...file.referencedFiles, ...file.typeReferenceDirectives, ...file.libReferenceDirectives]) problems.push({ ...placeOf(file, pos), message: ONLY_DOOR });
  return problems;
}

export function placeOf(file: ts.SourceFile, position: number): { readonly line: number; readonly column: number } {
  const { line, character } = file.getLineAndCharacterOfPosition(position);
  return { line: line + 1, column: character + 1 };
}

function refusalOf(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node)) return ts.isStringLiteral(node.moduleSpecifier) && node.moduleSpecifier.text === DOOR ? null : ONLY_DOOR;
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) return ONLY_DOOR;
  if (ts.isImportEqualsDeclaration(node) || ts.isImportTypeNode(node) || ts.isMetaProperty(node)) return ONLY_DOOR;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return ONLY_DOOR;
  if (ts.isAwaitExpression(node)) return 'an energy is computed at once: nothing can be awaited';
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'random' && node.expression.getText() === 'Math' ? 'Math.random gives other values each time, and a run could not be repeated' : null;
  return ts.isIdentifier(node) && isUsed(node) ? FORBIDDEN.get(node.text) ?? null : null;
}

/** Names of properties and of fields are the user's own. */
function isUsed(node: ts.Identifier): boolean {
  const { parent } = node;
  return !(ts.isPropertyAccessExpression(parent) && parent.name === node) && !(ts.isPropertyAssignment(parent) && parent.name === node);
}
