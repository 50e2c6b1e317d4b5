// Certificates for a test, made by openssl on the spot: an authority, and what it issues. None outlives the test.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate { readonly cert: string; readonly key: string }

export interface Authority {
  /** Path of its own certificate. */
  readonly ca: string;
  /** `names`: as in subjectAltName, for example `IP:127.0.0.1`. Paths. */
  readonly issue: (name: string, names: string) => Certificate;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export function makeAuthority(directory: string, authority: string): Authority {
  const path = (file: string): string => join(directory, file);
  const [ca, caKey] = [path(`${authority}.pem`), path(`${authority}-key.pem`)];
  openssl('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${authority}`, '-keyout', caKey, '-out', ca);
  return {
    ca,
    issue(name, names) {
      const [cert, key, request, extensions] = [`${name}.pem`, `${name}-key.pem`, `${name}.csr`, `${name}.ext`].map((file) => path(`${authority}-${file}`)) as [string, string, string, string];
      openssl('req', ...KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
      writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
      openssl('x509', '-req', '-in', request, '-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', extensions, '-out', cert);
      return { cert, key };
    },
  };
}

function openssl(...words: readonly string[]): void {
  const { error, status, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
  assert.ok(error === undefined, `the tests of TLS need openssl (Debian: apt-get install openssl): ${error?.message}`);
  assert.equal(status, 0, stderr);
}
