// Versions of what ran, for reports and ledgers.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export function versions(): Readonly<Record<string, string>> {
  const { version } = require('ebm-fleet/package.json') as { readonly version: string };
  return { 'ebm-fleet': version, node: process.versions.node, v8: process.versions.v8 };
}
