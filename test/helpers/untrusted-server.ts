import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** Why tests that make certificates are skipped here, false when they run. */
export const skipCertificates: string | false =
  spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';

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
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const args = ['req', '-x509', ...algorithm, ...subject, '-days', '2', '-keyout', 'key.pem', '-out', 'cert.pem'];
    execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(dir, name)));
    let bytesTaken = 0;
    const server = createServer({ cert, key }, (socket) => {
      socket.on('data', (bytes: Buffer) => (bytesTaken += bytes.length));
      socket.on('error', () => undefined);
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { port, bytesTaken: () => bytesTaken, close: () => server.close() };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
