// An operator with one account, and users whose credentials it signs: what `nsc` makes, for a test. Permissions stand in the user's token.
import { Buffer } from 'node:buffer';
import { nkeys } from 'nats';

type Pair = ReturnType<typeof nkeys.createUser>;

export interface Operator {
  /** Text for nats-server's configuration. */
  readonly configuration: string;
  /** Content of a credentials file. */
  readonly credentials: (name: string, permissions: { readonly publish: readonly string[]; readonly subscribe: readonly string[] }) => string;
}

const UNLIMITED = { subs: -1, data: -1, payload: -1 };

export function makeOperator(): Operator {
  const [operator, account] = [nkeys.createOperator(), nkeys.createAccount()];
  const own = token(operator, operator, 'operator', { type: 'operator' });
  const accounts = token(operator, account, 'fleet', { type: 'account', limits: { ...UNLIMITED, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 } });
  return {
    configuration: `operator: ${own}\nresolver: MEMORY\nresolver_preload: { ${account.getPublicKey()}: ${accounts} }\n`,
    credentials(name, { publish, subscribe }) {
      const user = nkeys.createUser();
      const jwt = token(account, user, name, { type: 'user', ...UNLIMITED, pub: { allow: publish }, sub: { allow: subscribe } });
      const seed = new TextDecoder().decode(user.getSeed());
      return `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;
    },
  };
}

function token(by: Pair, of: Pair, name: string, claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part({ jti: name, iat: 1_600_000_000, iss: by.getPublicKey(), sub: of.getPublicKey(), name, nats: { ...claims, version: 2 } })}`;
  return `${body}.${Buffer.from(by.sign(Buffer.from(body))).toString('base64url')}`;
}
