// Where a small HTTP server listens, as text from a flag or the environment: HOST:PORT, or off.

export type ListenErrorCode = 'listen-address' | 'address-taken' | 'address-forbidden' | 'address-unknown';

/** The address is no address, or cannot be had: the user's to mend. */
export class ListenError extends Error {
  readonly code: ListenErrorCode;
  readonly exitCode = 2;
  readonly advice: string;

  constructor(code: ListenErrorCode, message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ListenError';
    this.code = code;
    this.advice = advice;
  }
}

export interface Address {
  /** Without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

const PORT_MAX = 65_535;
export const LOOPBACK = '127.0.0.1';

/** null for `off`. A port alone is on the loopback interface; another interface must be named. */
export function parseListen(text: string, what: string): Address | null {
  if (text === 'off') return null;
  const [, brackets, plain, digits = ''] = /^(?:\[([0-9A-Fa-f:.]+)\]:|([^\s:/[\]@]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits !== '' && port <= PORT_MAX) return { host: brackets ?? plain ?? LOOPBACK, port };
  throw new ListenError('listen-address', `${what} is ${JSON.stringify(text.slice(0, 200))}, which is no address to listen on`,
    'Accepted: HOST:PORT (127.0.0.1:9464; 0.0.0.0:9464 and [::]:9464 for every interface), PORT for the loopback interface, port 0 for any that is free, or off.');
}

export function textOf({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
