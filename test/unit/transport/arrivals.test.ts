// Order and memory by sender, within their bounds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame, FrameKind } from '../../../platform/transport/framing.ts';
import { Arrivals } from '../../../platform/transport/arrivals.ts';
import type { Pulled } from '../../../platform/transport/pulling.ts';
import { promises } from '../../support/virtual-time.ts';

function opened(limits: Partial<ConstructorParameters<typeof Arrivals>[0]['limits']> = {}) {
  const seen: string[] = [];
  const pulls: ((pulled: Pulled) => void)[] = [];
  const arrivals = new Arrivals({
    limits: { sendersMax: 3, rememberedMessagesMax: 4, queuedMessagesMax: 3, queuedBytesMax: 100, ...limits },
    pull: () => new Promise((resolve) => { pulls.push(resolve); }),
    deliver: (content) => { seen.push(`got ${content.join(' ')}`); },
    refuse: (reason) => { seen.push(reason); },
  });
  return { arrivals, seen, pulls };
}

const frame = (sender: number, message: number, kind: FrameKind = 'publish', content = Uint8Array.of(sender, message)): Frame =>
  ({ kind, sender, message, totalBytes: content.length, index: 0, count: 1, content });

test('small messages wait for the large one before them, those of others do not, and order survives a failed fetch', async () => {
  const { arrivals, seen, pulls } = opened();
  arrivals.accept(frame(1, 1, 'publish-offer', new Uint8Array(0)));
  arrivals.accept(frame(1, 2));
  arrivals.accept(frame(1, 3, 'publish-offer', new Uint8Array(0)));
  arrivals.accept(frame(2, 1));
  assert.deepEqual(seen, ['got 2 1']);
  pulls[0]!({ kind: 'content', content: Uint8Array.of(1, 1) });
  await promises();
  arrivals.accept(frame(1, 4));
  assert.deepEqual(seen, ['got 2 1', 'got 1 1', 'got 1 2']);
  pulls[1]!({ kind: 'refused', reason: 'gone', detail: '' });
  await promises();
  arrivals.accept(frame(1, 5));
  assert.deepEqual(seen, ['got 2 1', 'got 1 1', 'got 1 2', 'gone', 'got 1 4', 'got 1 5']);
});

test('the queue behind a large message is bounded in messages and in bytes', async () => {
  const { arrivals, seen, pulls } = opened();
  arrivals.accept(frame(1, 1, 'publish-offer', new Uint8Array(0)));
  arrivals.accept(frame(1, 2, 'publish', new Uint8Array(90)));
  arrivals.accept(frame(1, 3, 'publish', new Uint8Array(11)));
  arrivals.accept(frame(1, 4));
  arrivals.accept(frame(1, 5));
  arrivals.accept(frame(1, 6));
  assert.deepEqual(seen, ['queue-full', 'queue-full']);
  pulls[0]!({ kind: 'content', content: new Uint8Array(0) });
  await promises();
  assert.equal(seen.length, 6);
});

test('what was seen is known for so many messages of so many senders; forgetting one never loses what waits', async () => {
  const { arrivals, seen, pulls } = opened();
  const isNew = (sender: number, message: number): boolean => arrivals.isNew(frame(sender, message));
  assert.deepEqual([isNew(1, 1), isNew(1, 1), isNew(2, 1), isNew(1, 0xFFFF_FFFF_FFFF), isNew(1, 2)], [true, false, true, true, true]);
  assert.deepEqual([isNew(1, 3), isNew(1, 4), isNew(1, 1), isNew(1, 4)], [true, true, true, false]);
  arrivals.accept(frame(1, 9, 'publish-offer', new Uint8Array(0)));
  assert.deepEqual([isNew(3, 1), isNew(4, 1), isNew(5, 1), isNew(1, 4), isNew(2, 1)], [true, true, true, false, true]);
  pulls[0]!({ kind: 'content', content: Uint8Array.of(9) });
  await promises();
  assert.deepEqual(seen, ['got 9']);
});
