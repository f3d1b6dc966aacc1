import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from './loopback.js';

/** Something in front of a server that lets connections break. */
export interface CuttingProxy {
  readonly endpoint: string;
  /** Heads of the requests so far, in the order in which they came. */
  readonly requests: readonly string[];
  close(): void;
}

/**
 * Passes connections on to a port of loopback and breaks each of them, without a proper end, after so many bytes to the
 * client.
 */
export async function openCuttingProxy(
  port: number,
  options: { readonly cutAfterBytes: number },
): Promise<CuttingProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const end = (): void => {
      client.resetAndDestroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        end();
        sockets.delete(socket);
      });
    }
    client.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      if (/^(GET|HEAD) /.test(text)) requests.push(text);
      upstream.write(bytes);
    });
    let bytesLeft = options.cutAfterBytes;
    upstream.on('data', (bytes) => {
      const passed = bytes.subarray(0, bytesLeft);
      bytesLeft -= passed.length;
      const isSent = client.write(passed, () => {
        upstream.resume();
        if (bytesLeft === 0) end();
      });
      if (!isSent || bytesLeft === 0) upstream.pause();
    });
  });
  return {
    endpoint: `http://127.0.0.1:${await listenOnLoopback(server)}`,
    requests,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
