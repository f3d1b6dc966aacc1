import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { DtstreamError } from '../../errors.js';
import type { MetricsFlags } from './flags.js';
import type { Console } from '../console/console.js';

/** Metrics served over HTTP. */
export interface MetricsServer {
  /** Where: `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Limits: simultaneous connections, and time for a request. */
const connectionsMax = 16;
const requestMsMax = 5000;

/**
 * Serves a registry in the text format of Prometheus on `/metrics`.
 *
 * @throws DtstreamError `config` when the address cannot be used
 */
export async function serveMetrics(
  console: Console,
  registry: Registry,
  { metricsHost: host, metricsPort: port = 0, quiet }: MetricsFlags & { readonly quiet: boolean },
): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: requestMsMax, headersTimeout: requestMsMax }, answerFrom(registry));
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = reasons[error.code ?? ''] ?? error.message;
      reject(new DtstreamError('config', `cannot serve metrics on ${host}:${port}: ${reason}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  // The server must not keep the process alive.
  server.unref();
  // Ignore per-connection errors.
  server.on('error', () => undefined);
  const { address, port: ownPort, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${ownPort}/metrics`;
  if (!quiet) console.logLine(`metrics on ${url}`);
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; choose another one with --metrics-port',
  EACCES: 'this port needs more rights; choose one above 1023 with --metrics-port',
  EADDRNOTAVAIL: 'this machine does not have that address; see --metrics-host',
  ENOTFOUND: 'there is no such host; see --metrics-host',
  EAI_AGAIN: 'there is no such host; see --metrics-host',
};

function answerFrom(registry: Registry): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    if (path !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('metrics are on /metrics\n');
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`),
    );
  };
}
