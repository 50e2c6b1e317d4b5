// What the server does not permit our user, as an error that says so.

export class NatsPermissionError extends Error {
  /** Null where nothing says who we are. */
  readonly user: string | null;
  readonly operation: 'publish' | 'subscribe';
  readonly subject: string;
  constructor(user: string | null, operation: 'publish' | 'subscribe', subject: string, options?: ErrorOptions) {
    super(`${user === null ? 'a connection without a user' : `user ${user}`} may not ${operation} ${operation === 'publish' ? 'on' : 'to'} ${subject}: the NATS server's permissions do not allow it`, options);
    this.name = 'NatsPermissionError';
    this.user = user;
    this.operation = operation;
    this.subject = subject;
  }
}
