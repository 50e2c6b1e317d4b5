// A TCP proxy before a real server that can lose answers: what matches is let through to the server, and the connection ends when the
// server has something to say to it, which nobody hears.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly port: number;
  /** Lets the next bytes with this text through, and cuts their connection before the answer. Resolves when that has happened. */
  readonly loseAnswerTo: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function cuttingProxy(target: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let awaited: { readonly text: string; readonly done: () => void } | null = null;
  const proxy = createServer((client) => {
    const server = connect(target, '127.0.0.1');
    let doomed: (() => void) | null = null;
    const end = (): void => { client.destroy(); server.destroy(); };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => { sockets.delete(socket); end(); });
    }
    client.on('data', (bytes) => {
      if (awaited !== null && bytes.includes(awaited.text)) {
        doomed = awaited.done;
        awaited = null;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (doomed === null) { client.write(bytes); return; }
      end();
      doomed();
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    loseAnswerTo: (text) => new Promise((done) => { awaited = { text, done }; }),
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
