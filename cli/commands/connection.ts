// The flags of every command that talks to a cluster: where NATS is, and what we prove ourselves with. Each may come from the environment
// instead. Secrets have no flag: they stand in files, or in the environment, and no help shows what stands there.
import type { Command } from 'commander';
import type { ClusterOptions } from './actions.ts';
import type { CommandContext } from './context.ts';

const NATS_DEFAULT = 'nats://127.0.0.1:4222';

export interface ClusterFlags {
  readonly nats?: string;
  readonly creds?: string;
  readonly nkey?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly json?: true;
}

export function withCluster(command: Command): Command {
  return command
    .option('--nats <URL>', `NATS server, nats:// or tls://, or several with commas (or EBM_NATS; default: ${NATS_DEFAULT}). A user: EBM_NATS_USER with EBM_NATS_PASSWORD or EBM_NATS_PASSWORD_FILE`)
    .option('--creds <FILE>', 'credentials file (or EBM_CREDS)')
    .option('--nkey <FILE>', 'file with the seed of an nkey (or EBM_NKEY)')
    .option('--tls-ca <FILE>', 'certificates to trust, PEM (or EBM_TLS_CA)')
    .option('--tls-cert <FILE>', 'our certificate, PEM (or EBM_TLS_CERT)')
    .option('--tls-key <FILE>', 'its key, PEM (or EBM_TLS_KEY)');
}

export function clusterOptions({ surroundings: { environment } }: CommandContext, flags: ClusterFlags, signal: AbortSignal): ClusterOptions {
  const either = (flag: string | undefined, name: string): string | null => flag ?? (environment[name] === '' ? null : environment[name] ?? null);
  return {
    signal, nats: either(flags.nats, 'EBM_NATS') ?? NATS_DEFAULT, creds: either(flags.creds, 'EBM_CREDS'), nkey: either(flags.nkey, 'EBM_NKEY'),
    tls: { ca: either(flags.tlsCa, 'EBM_TLS_CA'), cert: either(flags.tlsCert, 'EBM_TLS_CERT'), key: either(flags.tlsKey, 'EBM_TLS_KEY') },
  };
}
