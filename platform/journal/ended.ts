// How a run ended short of its goal, as it recorded that in metrics.jsonl. Pure.

export type RecordedStop =
  /** `message`: what happened and what to do. */
  | { readonly kind: 'failed'; readonly update: number; readonly code: string; readonly message: string }
  | { readonly kind: 'cancelled'; readonly update: number };

/** What a line tells of an end; null for any other: a line after an end is of a run that went on. */
export function stopOf({ kind, update, code, message }: Readonly<Record<string, unknown>>): RecordedStop | null {
  if (typeof update !== 'number') return null;
  if (kind === 'cancelled') return { kind, update };
  return kind === 'failed' && typeof code === 'string' && typeof message === 'string' ? { kind, update, code, message } : null;
}

/** `failed at update 7: ...`, without a full stop. */
export function stopText(stop: RecordedStop): string {
  return stop.kind === 'cancelled' ? `cancelled at update ${stop.update}` : `failed at update ${stop.update}: ${stop.message.replace(/\.$/, '')}`;
}

/** What going on with it comes to, as a sentence. The same updates have the same bits, and so diverge again. */
export function adviceAfter(stop: RecordedStop, directory: string): string {
  if (stop.kind === 'cancelled') return `\`ebm resume ${directory}\` goes on.`;
  return stop.code === 'diverged' ? 'Resumed as it is, it would diverge again.' : `When the cause is mended, \`ebm resume ${directory}\` goes on.`;
}
