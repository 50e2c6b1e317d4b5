// A job's text as a plain value that remembers the line of every path. One reader for both forms, since YAML 1.2 contains JSON.
// Knows nothing of jobs.
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';

export interface SourceDocument {
  readonly value: unknown;
  /** Line of the path's key, or of the nearest section around it; null if the text has neither. */
  readonly lineOf: (path: string) => number | null;
}

export interface SyntaxProblem { readonly line: number; readonly message: string }

export type ParsedDocument =
  | { readonly kind: 'parsed'; readonly document: SourceDocument }
  | { readonly kind: 'malformed'; readonly problems: readonly SyntaxProblem[] };

export function parseSource(text: string): ParsedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = [...document.errors, ...document.warnings]
    .map((problem) => ({ line: lines.linePos(problem.pos[0]).line, message: sentence(problem.code, problem.message, text.slice(problem.pos[0])) }));
  if (problems.length > 0) return { kind: 'malformed', problems };
  try {
    const value: unknown = document.toJS();
    return { kind: 'parsed', document: { value, lineOf: (path) => lineOf(document, lines, path) } };
  } catch (error) { // an alias without an anchor, or too many of them
    return { kind: 'malformed', problems: [{ line: 1, message: sentence('ALIAS', error instanceof Error ? error.message : String(error)) }] };
  }
}

/** A value given on the command line, read as YAML; undefined if it is not one. */
export function parseValue(text: string): unknown {
  const parsed = parseSource(text);
  return parsed.kind === 'parsed' && text.trim() !== '' ? parsed.document.value : undefined;
}

/** `source`: the text from where it begins. */
function sentence(code: string, message: string, source = ''): string {
  if (code === 'DUPLICATE_KEY') return `the field ${/^["']?([\w-]+)/.exec(source)?.[1] ?? ''} is given twice`;
  if (code === 'MULTIPLE_DOCS') return 'a job file holds one document, this is the start of a second';
  if (code === 'TAB_AS_INDENT') return 'a tab is used for indentation; YAML wants spaces';
  return `not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/\.$/, '');
}

function lineOf(document: Document, lines: LineCounter, path: string): number | null {
  let node: unknown = document.contents;
  let line: number | null = null;
  for (const name of path === '' ? [] : path.split('.')) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === name);
    if (pair === undefined) break;
    if (isScalar(pair.key) && pair.key.range) line = lines.linePos(pair.key.range[0]).line;
    node = pair.value;
  }
  return line;
}
