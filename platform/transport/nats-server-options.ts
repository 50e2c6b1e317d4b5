// Where a NATS server is, and what we prove ourselves with.

export interface NatsTls {
  /** Paths of PEM files. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Who we are and where the server is. At most one of user, creds and nkeySeed. */
export interface NatsServerOptions {
  /** `nats://host:port` or `tls://host:port`, or several. With tls:// a server without TLS is refused. */
  readonly url: string | readonly string[];
  /** Shown by the server's monitoring. */
  readonly name: string;
  readonly user?: string;
  readonly password?: string;
  /** Content of a credentials file. */
  readonly creds?: string;
  /** Seed of a user nkey (`SU...`). */
  readonly nkeySeed?: string;
  readonly tls?: NatsTls;
  /** Where answers arrive; a user with least privilege has one of its own. `_INBOX` unless told. */
  readonly inboxPrefix?: string;
}
