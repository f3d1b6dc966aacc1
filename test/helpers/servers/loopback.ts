import assert from 'node:assert/strict';
import type { Server } from 'node:net';

/** Lets a server listen on loopback, at a port that is free. @returns the port */
export async function listenOnLoopback(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}
