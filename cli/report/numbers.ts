// Numbers as people read them: grouped thousands, a true minus sign, digits that fit what is known. Only for display.

const MINUS = '\u2212';
const UNKNOWN = 'unknown';

function signed(text: string): string {
  return text.startsWith('-') ? MINUS + text.slice(1) : text;
}

function grouped(digits: string): string {
  const [whole, fraction] = digits.split('.');
  const spaced = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}

const inPowers = (value: number): string => signed(value.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e'));

/** With so many decimals; in powers of ten from 10^15. */
export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size >= 1e15) return inPowers(value);
  const text = value.toFixed(Math.max(0, Math.min(12, decimals)));
  return /^-0(\.0*)?$/.test(text) ? grouped(text.slice(1)) : signed(grouped(text));
}

/** Four significant digits, whole from 1,000 on; powers of ten below 0.0001 and from 10^15. */
export function formatNumber(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-4 || size >= 1e15) return inPowers(value);
  if (Number.isInteger(value) || size >= 1000) return formatFixed(value, 0);
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(size)));
  const text = formatFixed(value, decimals);
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}

/** A measured value with its error: as many decimals as the error's first two digits, at most 3. */
export function formatWithError(value: number, error: number | null): string {
  if (error === null || !Number.isFinite(error)) return formatFixed(value, 2);
  const decimals = error === 0 ? 2 : Math.max(0, Math.min(3, 1 - Math.floor(Math.log10(error))));
  return `${formatFixed(value, decimals)} \u00b1 ${formatFixed(error, decimals)}`;
}

export function formatCount(value: number | null): string {
  return value === null ? UNKNOWN : formatFixed(value, 0);
}

export function formatPercent(share: number): string {
  const percent = share * 100;
  return `${formatFixed(percent, percent < 10 ? 1 : 0)} %`;
}

export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return UNKNOWN;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
  return `${formatFixed(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]!}`;
}

/** 42.3 s, 3 min 20 s, 2 h 5 min. */
export function formatSeconds(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return UNKNOWN;
  if (seconds < 99.95) return `${formatFixed(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatFixed(Math.floor(minutes / 60), 0)} h ${minutes % 60} min`;
}
