// Turns what the schema refuses into problems for people: where, which value, what is accepted, the nearest name.
// The words come from the table of fields, so that a message and `ebm explain` never disagree.
import type * as z from 'zod';
import type { ConfigProblem } from './config.ts';
import { nearestName, nearestPath, type Field, type FieldTable } from './fields.ts';
import { isSection, shown, valueAt } from './values.ts';

/** A problem before it is known where its value came from. */
export type Finding = Omit<ConfigProblem, 'line' | 'argument'>;

type Issue = z.core.$ZodIssue;

/** One finding for each place that the schema refuses, in the schema's order. */
export function findings(issues: readonly Issue[], root: unknown, table: FieldTable): readonly Finding[] {
  return issues.flatMap((issue) => findingsOf(issue, [], root, table));
}

function findingsOf(issue: Issue, base: readonly PropertyKey[], root: unknown, table: FieldTable): readonly Finding[] {
  const keys = [...base, ...issue.path];
  const path = keys.map(String).join('.');
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(path, key, root, table));
  if (issue.code === 'invalid_union') {
    const branch = isSection(value) ? likeliestBranch(issue.errors) : undefined;
    if (branch !== undefined) return branch.flatMap((inner) => findingsOf(inner, keys, root, table));
  }
  // A kind that is none: what is in no alternative is told all the same.
  const beside = issue.code === 'invalid_union' && issue.errors.length === 0 ? strangers(keys.slice(0, -1).map(String).join('.'), root, table) : [];
  const field = table.get(path);
  if (field === undefined) return [{ path, message: issue.message, accepted: null, nearest: null }];
  if (value === undefined) return missing(field, table);
  return [{ path, message: refusal(field, value), accepted: acceptedBy(field), nearest: nearestOption(field, value) }, ...beside];
}

/** Fields of a section that no alternative has. */
function strangers(section: string, root: unknown, table: FieldTable): readonly Finding[] {
  const value = valueAt(root, section);
  const known = table.get(section)?.children ?? [];
  return isSection(value) ? Object.keys(value).filter((key) => !known.includes(key)).map((key) => unknownField(section, key, root, table)) : [];
}

/** Of a union's alternatives that take a section: the one whose kind fits, else the first. */
function likeliestBranch(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const sections = alternatives.filter((issues) => issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'));
  return sections.find((issues) => !issues.some((issue) => issue.path.length === 1 && issue.path[0] === 'kind')) ?? sections[0];
}

function missing(field: Field, table: FieldTable): readonly Finding[] {
  const needed = field.children.map((name) => table.get(field.path === '' ? name : `${field.path}.${name}`)).filter((child) => child?.required === true);
  if (needed.length > 0) return needed.flatMap((child) => (child === undefined ? [] : missing(child, table)));
  return [{ path: field.path, message: 'is missing', accepted: acceptedBy(field), nearest: null }];
}

function refusal(field: Field, value: unknown): string {
  if (value === null) return 'is empty';
  if (field.kind === 'section') return `${shown(value)} stands where a section belongs`;
  if (field.kind === 'switch') return `${shown(value)} is neither true nor false`;
  if (field.kind === 'choice') return `${shown(value)} is not one of the choices`;
  if (field.kind === 'list') return Array.isArray(value) ? `${shown(value)} has a value that is not accepted` : `${shown(value)} is not a list`;
  if (field.kind === 'text') return typeof value === 'string' ? `${shown(value)} is not such a text` : `${shown(value)} is not text; quote it if it is meant as text`;
  if (typeof value !== 'number') return `${shown(value)} is not a number${separated(value)}`;
  if (!Number.isFinite(value)) return `${shown(value)} is not a finite number`;
  if (field.minimum !== null && value < field.minimum) return `${shown(value)} is too small`;
  if (field.maximum !== null && value > field.maximum) return `${shown(value)} is too large`;
  return `${shown(value)} is not a whole number`;
}

/** People write 60_000 and 60,000, which YAML reads as text. */
function separated(value: unknown): string {
  const digits = typeof value === 'string' && /^\d{1,3}([_,' ]?\d{3})+$/.test(value) ? value.replace(/\D/g, '') : null;
  return digits === null ? '' : `; write ${digits}`;
}

function acceptedBy(field: Field): string {
  if (field.kind === 'section') return `${field.accepted}: ${field.children.join(', ')}`;
  return field.unit === null || field.kind === 'choice' ? field.accepted : `${field.accepted} (${field.unit})`;
}

function nearestOption(field: Field, value: unknown): string | null {
  return typeof value === 'string' && field.options.length > 0 ? nearestName(value, field.options) : null;
}

function unknownField(section: string, key: string, root: unknown, table: FieldTable): Finding {
  const path = section === '' ? key : `${section}.${key}`;
  const siblings = table.get(section)?.children ?? [];
  if (table.has(path)) { // a field of another alternative
    const kind = valueAt(root, `${section}.kind`);
    return { path, message: `does not apply to ${section}.kind ${shown(kind)}`, accepted: null, nearest: null };
  }
  return { path, message: 'no such field', accepted: siblings.join(', '), nearest: nearestPath(path, table) };
}
