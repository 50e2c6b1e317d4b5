// The coordinator's machine against its golden transcripts. EBM_REWRITE=1 writes what the machine does now into the files: read the diff.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { replay } from '../../support/transcript.ts';

const FOLDER = join(process.cwd(), 'test', 'unit', 'coordinator', 'transcripts');

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.txt')).sort()) {
  test(`transcript ${name}`, () => {
    const path = join(FOLDER, name);
    const golden = readFileSync(path, 'utf8');
    const now = replay(golden);
    if (process.env['EBM_REWRITE'] === '1') writeFileSync(path, now);
    else assert.equal(now, golden);
  });
}
