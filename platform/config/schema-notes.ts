// What stands beside a field of the schema: its meaning for people. Shared by the parts of the schema.
import * as z from 'zod';

export interface FieldNotes {
  readonly description: string;
  readonly unit?: string;
  /** A default that depends on another field, so that zod does not fill it; said in `defaultNote`. */
  readonly default?: unknown;
  readonly defaultNote?: string;
  readonly examples?: readonly unknown[];
  [key: string]: unknown;
}

export const fieldNotes = z.registry<FieldNotes>();

export function note<T extends z.ZodType>(schema: T, description: string, more: Omit<FieldNotes, 'description'> = {}): T {
  fieldNotes.add(schema, { description, ...more });
  return schema;
}

export const whole = (least: number, most: number): z.ZodInt => z.int().min(least).max(most);
export const real = (least: number, most: number): z.ZodNumber => z.number().min(least).max(most);
