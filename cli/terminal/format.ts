// Numbers, durations, sizes and tables as people read them. Pure; no colours, no streams.

/** 60000 -> `60,000`; the locale of the machine has no say. */
export function count(value: number): string {
  const [whole = '', fraction] = String(Math.abs(value)).split('.');
  const grouped = whole.includes('e') ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${value < 0 ? '-' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** About three digits: 36123 -> `36.1k`, 0.0123 -> `0.0123`; null and what is not finite -> `-`. */
export function compact(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  for (const [unit, suffix] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const) {
    if (size >= unit * (suffix === 'k' ? 9.9995 : 0.9995)) return `${digits(value / unit)}${suffix}`;
  }
  return size >= 999.5 ? count(Math.round(value)) : digits(value);
}

function digits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4) return value.toExponential(1);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}

/** A figure in nats, to two decimals. */
export function nats(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '-' : value.toFixed(2);
}

/** 130.2 -> `2 min 10 s`; at most two units. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '-';
  if (seconds < 9.95) return `${seconds < 0.05 ? '0' : seconds.toFixed(1).replace(/\.0$/, '')} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const units = [[86_400, 'd'], [3_600, 'h'], [60, 'min'], [1, 's']] as const;
  const first = units.findIndex(([unit]) => whole >= unit);
  const [large, small] = [units[first], units[first + 1]];
  if (large === undefined || small === undefined) return `${whole} s`;
  const rest = Math.floor((whole % large[0]) / small[0]);
  return `${Math.floor(whole / large[0])} ${large[1]}${rest === 0 ? '' : ` ${rest} ${small[1]}`}`;
}

/** 130.2 -> `2:10`, 3661 -> `1:01:01`. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Decimal units, as disks are sold: 3214567 -> `3.21 MB`. */
export function bytes(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '-';
  for (const [unit, suffix] of [[1e12, 'TB'], [1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']] as const) {
    if (value >= unit * 0.9995) return `${digits(value / unit)} ${suffix}`;
  }
  return `${value} B`;
}

/** `sha256:` and twelve digits, enough to tell runs apart by eye. */
export function shortDigest(digest: string | null): string {
  return digest === null ? '-' : digest.slice(0, 19);
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Columns under upper-case titles, three spaces apart, without lines, as kubectl prints them. No trailing newline. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) => Math.max(column.title.length, ...rows.map((row) => (row[index] ?? '').length)));
  const line = (cells: readonly string[]): string => columns
    .map((column, index) => (column.align === 'right' ? (cells[index] ?? '').padStart(widths[index] ?? 0) : (cells[index] ?? '').padEnd(widths[index] ?? 0)))
    .join('   ').trimEnd();
  return [line(columns.map((column) => column.title.toUpperCase())), ...rows.map(line)].join('\n');
}

/** Text broken at spaces so that no line is longer than `width`, where words allow it. */
export function wrapped(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => indent + each).join('\n');
}
