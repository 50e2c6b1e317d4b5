// What a connection to NATS proves itself with: flags and environment become the transport's options, each file is read and looked at, and
// contradictions are refused before anything is sent. Secrets leave this file in the options alone, never in a message.
import { Buffer } from 'node:buffer';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { credsUser, NatsSecretError, nkeyUser } from '../../platform/transport/nats-identity.ts';
import type { NatsServerOptions, NatsTls } from '../../platform/transport/nats-server-options.ts';
import type { ClusterOptions } from '../commands/actions.ts';
import { UsageError } from '../terminal/failure.ts';
import type { Environment } from '../terminal/style.ts';

export interface Login {
  readonly server: Pick<NatsServerOptions, 'url' | 'user' | 'password' | 'creds' | 'nkeySeed' | 'tls'>;
  /** Our word in subjects (`_INBOX.WORD`, `ebm.pull.WORD`), as permissions name it; null where nothing says who we are. */
  readonly word: string | null;
  readonly warnings: readonly string[];
}

const FILE_BYTES_MAX = 1_048_576;
const WORD_CHARACTERS_MAX = 64;
const READABLE_BY_OTHERS = 0o004;

/** The flags that say the same again, for a process that we start; its environment is ours. */
export function connectionFlags({ nats, creds, nkey, tls }: ClusterOptions): readonly string[] {
  const flags: readonly (readonly [string, string | null])[] = [['--nats', nats], ['--creds', creds], ['--nkey', nkey], ['--tls-ca', tls.ca], ['--tls-cert', tls.cert], ['--tls-key', tls.key]];
  return flags.flatMap(([flag, value]) => value === null ? [] : [flag, value]);
}

/** Rejects with a UsageError. */
export async function loginOf(options: ClusterOptions, environment: Environment): Promise<Login> {
  const warnings: string[] = [];
  const url = urlsOf(options.nats);
  const user = environment['EBM_NATS_USER'] === '' ? undefined : environment['EBM_NATS_USER'];
  const ways = waysOf(options, environment);
  if (ways.length > 1) {
    throw new UsageError('contradictory-credentials', `there are ${ways.length} ways to log in, and one is needed: ${ways.map(({ source }) => source).join(', ')}`, 'Take away all but one, flags and environment variables both count.');
  }
  const [way] = ways;
  const tls = await tlsOf(options.tls, warnings);
  if (way?.kind === 'password' && user === undefined) throw new UsageError('user-missing', `${way.source} is set, and EBM_NATS_USER is not`, 'A password belongs to a user: set EBM_NATS_USER.');
  if (way === undefined && user !== undefined && tls?.tls.certFile === undefined) {
    throw new UsageError('password-missing', 'EBM_NATS_USER is set without anything that proves it', 'Set EBM_NATS_PASSWORD or EBM_NATS_PASSWORD_FILE, or give --nkey, --creds or --tls-cert.');
  }
  const server = { url, ...(tls === null ? {} : { tls: tls.tls }) };
  const login = (more: Login['server'] | object, word: string | null): Login => ({ server: { ...server, ...more }, word: asWord(user ?? word), warnings });
  if (way === undefined) return login({}, tls?.commonName ?? null);
  const secret = way.value ?? await secretOf(way.path, way.source, warnings);
  switch (way.kind) {
    case 'password': return login({ user, password: secret.replace(/\r?\n$/, '') }, null);
    case 'creds': return login({ creds: secret }, checked(way.path, way.source, () => credsUser(secret)));
    case 'nkey': return login({ nkeySeed: secret.trim() }, checked(way.path, way.source, () => nkeyUser(secret.trim())));
  }
}

interface Way { readonly kind: 'password' | 'creds' | 'nkey'; readonly source: string; readonly path: string; readonly value?: string }

function waysOf({ creds, nkey }: ClusterOptions, environment: Environment): readonly Way[] {
  const ways: Way[] = [];
  const [password, file] = [environment['EBM_NATS_PASSWORD'], environment['EBM_NATS_PASSWORD_FILE']];
  if (creds !== null) ways.push({ kind: 'creds', source: 'a credentials file (--creds, EBM_CREDS)', path: creds });
  if (nkey !== null) ways.push({ kind: 'nkey', source: 'an nkey (--nkey, EBM_NKEY)', path: nkey });
  if (password !== undefined && password !== '') ways.push({ kind: 'password', source: 'EBM_NATS_PASSWORD', path: '', value: password });
  if (file !== undefined && file !== '') ways.push({ kind: 'password', source: 'EBM_NATS_PASSWORD_FILE', path: file });
  return ways;
}

function urlsOf(text: string): readonly string[] {
  const urls = text.split(',').map((each) => each.trim()).filter((each) => each !== '').map((each) => each.includes('://') ? each : `nats://${each}`);
  const advice = 'Accepted: nats://HOST:PORT or tls://HOST:PORT, or several of one kind with commas.';
  if (urls.length === 0) throw new UsageError('bad-url', '--nats (or EBM_NATS) names no server', advice);
  for (const each of urls) {
    const url = URL.canParse(each) ? new URL(each) : null;
    if (each.includes('@') || (url?.password ?? '') !== '') {
      throw new UsageError('password-in-url', 'the URL of the NATS server (--nats, EBM_NATS) contains a user or a password, which every user of this machine could see', 'Set EBM_NATS_USER with EBM_NATS_PASSWORD_FILE or EBM_NATS_PASSWORD instead.');
    }
    if (url === null || url.hostname === '' || !['nats:', 'tls:'].includes(url.protocol)) throw new UsageError('bad-url', `${JSON.stringify(each)} is no URL of a NATS server`, advice);
  }
  const secure = urls.filter((each) => each.startsWith('tls://')).length;
  if (secure > 0 && secure < urls.length) throw new UsageError('mixed-urls', 'some URLs of the NATS servers are tls:// and some are not: whoever answers first would decide whether the connection is encrypted', advice);
  return urls;
}

async function tlsOf({ ca, cert, key }: ClusterOptions['tls'], warnings: string[]): Promise<{ readonly tls: NatsTls; readonly commonName: string | null } | null> {
  if (ca === null && cert === null && key === null) return null;
  if ((cert === null) !== (key === null)) {
    throw new UsageError('incomplete-certificate', `${cert === null ? 'a key (--tls-key, EBM_TLS_KEY) without its certificate (--tls-cert, EBM_TLS_CERT)' : 'a certificate (--tls-cert, EBM_TLS_CERT) without its key (--tls-key, EBM_TLS_KEY)'} is of no use`, 'Give both.');
  }
  if (ca !== null) certificateIn(await contentOf(ca, '--tls-ca'), ca, '--tls-ca');
  if (cert === null || key === null) return { tls: { ...(ca === null ? {} : { caFile: ca }) }, commonName: null };
  const certificate = certificateIn(await contentOf(cert, '--tls-cert'), cert, '--tls-cert');
  const secret = await secretOf(key, '--tls-key', warnings);
  if (!belongs(certificate, secret, key)) throw new UsageError('certificate-mismatch', `the key in ${key} is not that of the certificate in ${cert}`, 'Give the two files that were made together.');
  const commonName = /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? null;
  return { tls: { ...(ca === null ? {} : { caFile: ca }), certFile: cert, keyFile: key }, commonName };
}

function certificateIn(pem: string, path: string, source: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new UsageError('bad-certificate', `${path} (${source}) holds no certificate`, 'Accepted: a PEM file with a block BEGIN CERTIFICATE.');
  }
}

function belongs(certificate: X509Certificate, pem: string, path: string): boolean {
  if (pem.includes('ENCRYPTED')) throw new UsageError('encrypted-key', `the key in ${path} (--tls-key) is encrypted with a passphrase`, 'Decrypt it into a file that only you can read: openssl pkey -in FILE -out PLAIN.');
  try {
    return certificate.checkPrivateKey(createPrivateKey(pem));
  } catch {
    throw new UsageError('bad-key', `${path} (--tls-key) holds no private key`, 'Accepted: a PEM file with a block BEGIN PRIVATE KEY.');
  }
}

/** Content of a file that nobody else should read. */
async function secretOf(path: string, source: string, warnings: string[]): Promise<string> {
  return contentOf(path, source, (mode) => {
    if ((mode & READABLE_BY_OTHERS) !== 0 && process.platform !== 'win32') warnings.push(`${path} holds a secret, and every user of this machine can read it: chmod o-r ${path}`);
  });
}

async function contentOf(path: string, source: string, look: (mode: number) => void = () => undefined): Promise<string> {
  const fail = (problem: string): UsageError => new UsageError('unreadable-file', `${path} (${source}) ${problem}`, 'Give the path of a file that this user can read.');
  const file = await open(path, 'r').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    throw fail(code === 'ENOENT' ? 'does not exist' : code === 'EACCES' || code === 'EPERM' ? 'may not be read by this user' : 'cannot be opened');
  });
  try {
    look((await file.stat()).mode);
    const text = await textOf(file).catch(() => { throw fail('cannot be read'); });
    if (text === null) throw fail(`has more than the ${FILE_BYTES_MAX} bytes of any such file`);
    if (text.trim() === '') throw fail('is empty');
    return text;
  } finally {
    await file.close();
  }
}

/** Null if it is too long; a pipe has no size that could be asked for before. */
async function textOf(file: FileHandle): Promise<string | null> {
  const content = Buffer.alloc(FILE_BYTES_MAX + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < content.length; length += read) ({ bytesRead: read } = await file.read(content, length, content.length - length));
  return length > FILE_BYTES_MAX ? null : content.toString('utf8', 0, length);
}

function checked(path: string, source: string, read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof NatsSecretError) throw new UsageError(error.code, `${path}: ${error.message} (${source})`);
    throw error;
  }
}

/** Letters, digits, - and _ stay. */
function asWord(name: string | null): string | null {
  return name === null || name === '' ? null : name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, WORD_CHARACTERS_MAX);
}
