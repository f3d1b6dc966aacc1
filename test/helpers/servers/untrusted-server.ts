import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { selfSigned } from './certificates.js';
import { listenOnLoopback } from './loopback.js';

/** A server on loopback with a certificate that it has signed itself. */
export interface UntrustedServer {
  readonly port: number;
  /** Bytes that clients have entrusted it with: none, where they look at the certificate. */
  readonly bytesTaken: () => number;
  close(): void;
}

export async function openUntrustedServer(): Promise<UntrustedServer> {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-tls-'));
  try {
    const files = selfSigned(dir, 'localhost');
    const [cert, key] = [files.cert, files.key].map((file) => readFileSync(file));
    let bytesTaken = 0;
    const server = createServer({ cert, key }, (socket) => {
      socket.on('data', (bytes: Buffer) => (bytesTaken += bytes.length));
      socket.on('error', () => undefined);
    });
    server.on('tlsClientError', () => undefined);
    const port = await listenOnLoopback(server);
    return { port, bytesTaken: () => bytesTaken, close: () => server.close() };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
