// Colours and signs, only where a terminal shows them: honours NO_COLOR, FORCE_COLOR and TERM=dumb. Owns no text.

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Style {
  readonly colour: boolean;
  /** Whether the terminal takes more than ASCII. */
  readonly unicode: boolean;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
}

export function styleOf(sink: Sink, environment: Environment): Style {
  const colour = wantsColour(sink, environment);
  const paint = (code: number) => (text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { colour, unicode: takesUnicode(environment), strong: paint(1), faint: paint(2), good: paint(32), warning: paint(33), bad: paint(31) };
}

function wantsColour(sink: Sink, environment: Environment): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0';
  return sink.isTTY === true && environment['TERM'] !== 'dumb';
}

function takesUnicode(environment: Environment): boolean {
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find((value) => (value ?? '') !== '') ?? '';
  return /utf-?8/i.test(locale) && environment['TERM'] !== 'linux';
}
