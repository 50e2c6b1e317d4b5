// What a folder of an engine holds: nothing, a whole installation, or a damaged one, which is said with the file and the reason.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { enginesFolder, findTensorflow, tensorflowFolder } from '../../../platform/engines/place.ts';
import { PACKAGE } from '../../../platform/engines/recipe.ts';
import { digestsOf, examine, STAMP, writeStamp } from '../../../platform/engines/stamp.ts';

const root = mkdtempSync(join(tmpdir(), 'ebm-stamp-'));
after(() => { rmSync(root, { recursive: true, force: true }); });

const LIBRARY = join('node_modules', PACKAGE, 'deps', 'lib', 'libtensorflow_cc.so.2');
const ADDON = join('node_modules', PACKAGE, 'lib', 'napi-v8', 'tfjs_binding.node');

/** A folder as an installation leaves it, with small files. */
async function installed(name: string): Promise<string> {
  const folder = join(root, name, 'tensorflow');
  for (const path of [LIBRARY, ADDON]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
  symlinkSync('libtensorflow_cc.so.2', join(folder, dirname(LIBRARY), 'libtensorflow.so'));
  await writeStamp(folder, { package: PACKAGE, flavour: 'cpu', source: 'wheel', wheel: null, version: '2.15.1', files: await digestsOf(folder) });
  return folder;
}

test('digests are of the addon and the libraries, each once', async () => {
  const folder = await installed('digests');
  assert.deepEqual(Object.keys(await digestsOf(folder)).sort(), [LIBRARY, ADDON].sort());
});

test('a whole installation is found, verified or not', async () => {
  const folder = await installed('whole');
  for (const verify of [true, false]) assert.equal((await examine(folder, { verify })).kind, 'installed');
  assert.equal(await findTensorflow({ EBM_ENGINES: dirname(folder) }), folder);
});

test('a folder without a stamp is no installation', async () => {
  const folder = await installed('unfinished');
  rmSync(join(folder, STAMP));
  assert.deepEqual(await examine(folder, { verify: true }), { kind: 'absent' });
  assert.equal(await findTensorflow({ EBM_ENGINES: dirname(folder) }), null);
});

test('a library of other bytes, a missing one and a broken stamp are damage, said with the file', async () => {
  const changed = await installed('changed');
  writeFileSync(join(changed, LIBRARY), 'other bytes');
  const found = await examine(changed, { verify: true });
  assert.ok(found.kind === 'damaged' && found.reason.startsWith(LIBRARY) && found.reason.includes('SHA-256'));
  const missing = await installed('missing');
  rmSync(join(missing, ADDON));
  assert.deepEqual(await examine(missing, { verify: false }), { kind: 'damaged', reason: `${ADDON} cannot be read (ENOENT)` });
  const broken = await installed('broken');
  for (const [text, reason] of [['{', 'is no JSON'], ['{"format":1,"files":{}}', 'does not say'], ['{}', 'does not say']] as const) {
    writeFileSync(join(broken, STAMP), text);
    const result = await examine(broken, { verify: false });
    assert.ok(result.kind === 'damaged' && result.reason.includes(reason), text);
  }
});

test('a stamp of a newer format is refused by name', async () => {
  const folder = await installed('newer');
  writeFileSync(join(folder, STAMP), '{"format":2}');
  await assert.rejects(examine(folder, { verify: false }), { code: 'newer-format', message: /format 2.*up to 1/ });
});

test('engines are kept where the flag says, or EBM_ENGINES, or the user\'s cache', () => {
  assert.equal(enginesFolder({ EBM_ENGINES: '/a' }, '/b'), '/b');
  assert.equal(enginesFolder({ EBM_ENGINES: '/a', XDG_CACHE_HOME: '/c' }), '/a');
  assert.equal(tensorflowFolder(enginesFolder({ EBM_ENGINES: '', XDG_CACHE_HOME: '/c' })), '/c/ebm-fleet/engines/tensorflow');
});
