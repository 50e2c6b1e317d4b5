// HTML as values: a template tag that escapes everything that is not itself HTML, and JSON that is safe inside a script element.
// Nothing here knows what a report is.

export interface Html { readonly kind: 'html'; readonly text: string }

/** What may stand in a template. Text is escaped; null draws nothing. */
export type Content = Html | string | number | null | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

// Control characters and lone surrogates are no characters of HTML, and marks that turn the direction of writing can make a digest
// or a command read as another: all of them are shown as the replacement character. Tab and newline stay.
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

/** Text for an element or a quoted attribute. */
export function escapeText(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd').replace(/[&<>"'`]/g, (character) => ENTITIES[character]!);
}

function render(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string') return escapeText(content);
  if (typeof content === 'number') return String(content);
  return 'kind' in content ? content.text : content.map(render).join('');
}

/** A piece of HTML; attributes in the template must be quoted. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return { kind: 'html', text: parts.map((part, at) => part + (at < contents.length ? render(contents[at]!) : '')).join('') };
}

/** Text that is HTML already: only for constants of this program. */
export function trusted(text: string): Html {
  return { kind: 'html', text };
}

/** JSON for a script element of type application/json: no byte in it can end the element or begin a comment. */
export function scriptJson(value: unknown): Html {
  const text = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return { kind: 'html', text };
}
