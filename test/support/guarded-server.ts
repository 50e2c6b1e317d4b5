// A nats-server under the very configuration of deploy/nats, with passwords that a test knows, on a free port.
import { relative, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNatsServer, type NatsServer } from './nats-server.ts';

export const USERS = ['coordinator', 'worker-1', 'worker-2', 'submitter', 'observer'] as const;
export type User = (typeof USERS)[number];

export function passwordOf(user: User): string {
  return `secret-of-${user}`;
}

/** What a process of that user has in its environment. */
export function loginAs(user: User): Readonly<Record<string, string>> {
  return { EBM_NATS_USER: user, EBM_NATS_PASSWORD: passwordOf(user) };
}

/** `file`: of deploy/nats; `environment`: what else it refers to. */
export async function startGuardedServer(file = 'nats-server.conf', environment: Readonly<Record<string, string>> = {}): Promise<NatsServer> {
  const passwords = USERS.map((user) => [`EBM_${user.toUpperCase().replace('-', '_')}_PASSWORD`, passwordOf(user)] as const);
  Object.assign(process.env, Object.fromEntries(passwords), environment);
  // An include is found from the folder of the file that includes it; the server's is one below the folder of temporary files. The
  // monitoring port of the file is fixed, and several tests run at once.
  const include = relative(join(tmpdir(), 'any'), resolve('deploy/nats', file));
  return startNatsServer(`include "${include}"\nhttp: "127.0.0.1:-1"\n`);
}
