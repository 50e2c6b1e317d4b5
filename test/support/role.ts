// A process of `ebm` that stays, and what it says: lines of JSON, and text on stderr.
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { started, type Line, type Place } from '../process/support.ts';

export class Role {
  readonly child: ChildProcess;
  /** Exit code, or the signal's name. */
  readonly end: Promise<number | string | null>;
  readonly lines: Line[] = [];
  readonly #waiting = new Set<() => void>();
  #stderr = '';

  constructor(words: readonly string[], place: Place, onLine?: (line: Line) => void) {
    this.child = started([...words, '--json'], place);
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      const said = JSON.parse(line) as Line;
      this.lines.push(said);
      onLine?.(said);
      this.#waiting.forEach((look) => { look(); });
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => { this.#stderr += text; });
    this.end = new Promise((settle) => { this.child.on('close', (code, signal) => { settle(code ?? signal); }); });
  }

  get stderr(): string { return this.#stderr; }

  /** When a line has been written that is wanted. */
  async says(isWanted: (line: Line) => boolean): Promise<void> {
    if (this.lines.some(isWanted)) return;
    await new Promise<void>((settle, fail) => {
      const look = (): void => { if (this.lines.some(isWanted)) { this.#waiting.delete(look); settle(); } };
      this.#waiting.add(look);
      void this.end.then((code) => { fail(new Error(`it ended with ${code} after ${JSON.stringify(this.lines)} ${this.#stderr}`)); });
    });
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<number | string | null> {
    this.child.kill(signal);
    return this.end;
  }
}
