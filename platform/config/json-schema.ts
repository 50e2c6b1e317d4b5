// The job's schema as JSON Schema 2020-12, for editors and for the table of fields. Owns the translation alone; the meaning is schema.ts.
import * as z from 'zod';
import { fieldNotes } from './schema-notes.ts';
import { jobSchema } from './schema.ts';

/** The part of JSON Schema that the translation makes. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** What the value counts. */
  readonly 'x-unit'?: string;
  /** When the default does not hold. */
  readonly 'x-default-note'?: string;
}

// Keywords that are not JSON Schema's own must start with x-, or strict validators refuse the file.
const OWN_KEYWORDS = new Map([['unit', 'x-unit'], ['defaultNote', 'x-default-note']]);

/** What a job file may contain: its input side, where every field with a default may be absent. */
export function jobSchemaTree(): JsonSchema {
  return z.toJSONSchema(jobSchema, {
    io: 'input',
    metadata: fieldNotes,
    override: ({ jsonSchema }) => {
      const node = jsonSchema as Record<string, unknown>;
      for (const [from, to] of OWN_KEYWORDS) {
        if (!(from in node)) continue;
        node[to] = node[from];
        Reflect.deleteProperty(node, from);
      }
    },
  }) as JsonSchema;
}

/** The text of docs/job.schema.json; the same text for the same schema. */
export function jobJsonSchema(): string {
  const { $schema, ...rest } = jobSchemaTree() as JsonSchema & { readonly $schema?: string };
  const titled = { $schema, title: 'ebm-fleet job', description: 'A job file of the ebm command (YAML or JSON). `ebm explain FIELD` says what a field means.', ...rest };
  return `${JSON.stringify(titled, null, 2)}\n`;
}
