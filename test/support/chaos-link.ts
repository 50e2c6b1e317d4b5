// A network cable between one process and a server, as a TCP proxy: it can be cut (connections break and none can be made), held (connections
// stay and nothing passes, as behind a router that drops everything), and healed.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Link {
  readonly port: number;
  readonly cut: () => void;
  readonly hold: () => void;
  readonly heal: () => void;
  readonly close: () => Promise<void>;
}

interface Pair { readonly client: Socket; readonly server: Socket }

/** To a port of the loopback interface, at which a server may come and go. */
export async function openLink(target: number): Promise<Link> {
  const pairs = new Set<Pair>();
  let state: 'whole' | 'cut' | 'held' = 'whole';
  const flow = ({ client, server }: Pair): void => { client.pipe(server); server.pipe(client); };
  const stop = ({ client, server }: Pair): void => {
    client.unpipe(server).pause();
    server.unpipe(client).pause();
  };
  const breakAll = (): void => { for (const { client, server } of pairs) { client.destroy(); server.destroy(); } };
  const proxy = createServer((client) => {
    if (state === 'cut') { client.on('error', () => undefined).resetAndDestroy(); return; }
    const pair: Pair = { client, server: connect(target, '127.0.0.1') };
    pairs.add(pair);
    const end = (): void => { pairs.delete(pair); client.destroy(); pair.server.destroy(); };
    for (const socket of [client, pair.server]) socket.setNoDelay(true).on('error', end).on('close', end);
    if (state === 'whole') flow(pair);
    else stop(pair);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    cut() { state = 'cut'; breakAll(); },
    hold() { state = 'held'; pairs.forEach(stop); },
    heal() {
      const was = state;
      state = 'whole';
      if (was === 'held') pairs.forEach(flow);
    },
    async close() {
      state = 'cut';
      breakAll();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
