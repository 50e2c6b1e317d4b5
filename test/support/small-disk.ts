// A small real disk (tmpfs), that can be filled, freed and made read-only: for what a simulated one cannot show.
// Mounting needs root; where it is not permitted the test that asks for it fails, and says so.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  /** Takes all the space that is left, but for so many KiB. */
  fill(leaveKib?: number): void;
  free(): void;
  setReadOnly(isReadOnly: boolean): void;
}

function mount(...options: readonly string[]): void {
  try {
    execFileSync('mount', options, { stdio: 'pipe' });
  } catch (error) {
    throw new Error('this test needs a disk of its own: run it as root on Linux, where `mount -t tmpfs` is permitted (in Docker: --cap-add SYS_ADMIN)', { cause: error });
  }
}

export async function onSmallDisk(use: (disk: SmallDisk) => Promise<void>, mib = 1): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'ebm-disk-'));
  const filler = join(path, 'filler');
  try {
    mount('-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', path);
    try {
      await use({
        path,
        fill(leaveKib = 0) {
          for (const piece of [64 * 1024, 4096]) {
            for (;;) {
              try {
                writeFileSync(filler, Buffer.alloc(piece), { flag: 'a' });
              } catch {
                break;
              }
            }
          }
          if (leaveKib > 0) execFileSync('truncate', ['-s', `-${leaveKib}K`, filler]);
        },
        free: () => { rmSync(filler); },
        setReadOnly: (isReadOnly) => { mount('-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path); },
      });
    } finally {
      execFileSync('umount', [path]);
    }
  } finally {
    rmSync(path, { recursive: true });
  }
}
