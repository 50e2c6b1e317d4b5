// Who a connection to NATS is, read from what it proves itself with: a user's name, the public key of a seed, the name in a credentials
// file. Nothing secret leaves this file, in a message neither.
import { Buffer } from 'node:buffer';
import { nkeys } from 'nats';
import type { NatsServerOptions } from './nats-server-options.ts';

/** A seed or a credentials file that cannot be used. The message names what is wrong, never what was read. */
export class NatsSecretError extends Error {
  readonly code = 'bad-credentials';
  constructor(message: string) {
    super(message);
    this.name = 'NatsSecretError';
  }
}

const CREDS = /-----BEGIN NATS USER JWT-----\s+(?<jwt>\S+)\s+-+END NATS USER JWT-+[^]*-----BEGIN USER NKEY SEED-----\s+(?<seed>\S+)\s+-+END USER NKEY SEED-+/;

/** Public key (`U...`) of a user's seed. */
export function nkeyUser(seed: string): string {
  let key: string;
  try {
    key = nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey();
  } catch {
    throw new NatsSecretError('this is no seed of an nkey: one line that begins with SU');
  }
  if (!key.startsWith('U')) throw new NatsSecretError('this is the seed of an operator, an account or a server, not of a user: one that begins with SU is needed');
  return key;
}

/** Name in the token of a credentials file, or its public key where it has none. */
export function credsUser(creds: string): string {
  const { jwt, seed } = CREDS.exec(creds)?.groups ?? {};
  if (jwt === undefined || seed === undefined) throw new NatsSecretError('this is no credentials file: it has a block NATS USER JWT and a block USER NKEY SEED');
  const key = nkeyUser(seed);
  try {
    const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as { readonly name?: unknown } | null;
    return typeof claims?.name === 'string' && claims.name !== '' ? claims.name : key;
  } catch {
    throw new NatsSecretError('the token in this credentials file cannot be read');
  }
}

/** Null where nothing says who we are. */
export function userOf({ user, nkeySeed, creds }: Pick<NatsServerOptions, 'user' | 'nkeySeed' | 'creds'>): string | null {
  if (creds !== undefined) return credsUser(creds);
  if (nkeySeed !== undefined) return nkeyUser(nkeySeed);
  return user ?? null;
}
