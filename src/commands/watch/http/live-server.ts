import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { DtstreamError } from '../../../errors.js';
import { liveEvent, type LiveState } from '../../../report/live-event.js';
import { liveIcon, livePage, type LiveWindow, liveWindows } from '../../../report/live-page.js';
import { liveScript } from '../../../report/live-script.js';
import { liveStyle, reportStyle } from '../../../report/page-style.js';
import type { DetectorView } from '../../../views/detector/detector-view.js';
import { EventClients } from './event-clients.js';
import type { HttpAddress } from './http-address.js';
import { refusalOf } from './request-check.js';

export interface LiveServerOptions {
  readonly address: HttpAddress;
  /** What the messages are of, for people. */
  readonly source: string;
  /** Over a window, now. */
  readonly view: (window: LiveWindow) => DetectorView;
  readonly state: () => LiveState;
  /** The window as JSON for programs, and as a report. */
  readonly json: (detector: DetectorView) => string;
  readonly report: (detector: DetectorView) => { readonly name: string; readonly page: string };
  /** How often pages get an event, ms; default: 1000. */
  readonly eventMs?: number;
  /** A page that takes nothing for so long is given up, ms; default: a minute. */
  readonly stuckMs?: number;
}

export interface LiveServer {
  /** `http://127.0.0.1:8080/` */
  readonly url: string;
  /** Idempotent. */
  close(): Promise<void>;
}

const eventMsDefault = 1000;
/** Connections, and time for a request, ms: pages stay open, requests do not. */
const connectionsMax = 64;
const requestMsMax = 5000;

/**
 * Serves the live page: nothing can be changed through it.
 *
 * @throws DtstreamError `config` when the address cannot be used
 */
export async function openLiveServer(options: LiveServerOptions): Promise<LiveServer> {
  const { address: wanted, eventMs = eventMsDefault } = options;
  const clients = new EventClients(options.stuckMs);
  const server = createServer({ requestTimeout: requestMsMax, headersTimeout: requestMsMax }, (request, response) =>
    answer(request, response, clients, options),
  );
  server.maxConnections = connectionsMax;
  server.on('clientError', (_, socket) => refuseBytes(socket));
  await listen(server, wanted);
  // Ignore per-connection errors.
  server.on('error', () => undefined);
  const timer = setInterval(() => clients.send((window) => eventText(options, window), performance.now()), eventMs);
  const { address, port: ownPort, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${ownPort}/`,
    close: () => {
      clearInterval(timer);
      clients.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, { host, port }: HttpAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = reasons[error.code ?? ''] ?? error.message;
      reject(new DtstreamError('config', `cannot serve the live page on ${host}:${port}: ${reason}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; choose another one with --http',
  EACCES: 'this port needs more rights; choose one above 1023 with --http',
  EADDRNOTAVAIL: 'this machine does not have that address; see --http',
  ENOTFOUND: 'there is no such host; see --http',
  EAI_AGAIN: 'there is no such host; see --http',
};

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  clients: EventClients,
  options: LiveServerOptions,
): void {
  for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value);
  const refusal = refusalOf(request, options.address.host);
  if (refusal !== undefined) {
    if (refusal.status === 405) response.setHeader('allow', 'GET, HEAD');
    sendText(request, response, refusal.status, refusal.why);
    return;
  }
  const [path, query = ''] = (request.url ?? '/').split('?');
  const wanted = new URLSearchParams(query).get('window') ?? liveWindows[0].id;
  const window = liveWindows.find(({ id }) => id === wanted);
  if (window === undefined) {
    sendText(request, response, 400, `window must be one of ${liveWindows.map(({ id }) => id).join(', ')}`);
    return;
  }
  switch (path) {
    case '/':
      sendBody(request, response, 'text/html; charset=utf-8', livePage(options.source));
      return;
    case '/icon.svg':
      sendBody(request, response, 'image/svg+xml', liveIcon);
      return;
    case '/events':
      sendEvents(request, response, { clients, window, options });
      return;
    case '/state.json':
      sendBody(request, response, 'application/json', options.json(options.view(window)));
      return;
    case '/report': {
      const { name, page } = options.report(options.view(window));
      response.setHeader('content-disposition', `attachment; filename="${name}"`);
      sendBody(request, response, 'text/html; charset=utf-8', page);
      return;
    }
    default:
      sendText(request, response, 404, 'there are /, /state.json and /report');
  }
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Of every answer. */
const safeHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${hashOf(liveScript)}`,
    `style-src ${hashOf(liveStyle)} ${hashOf(reportStyle)}`,
    ...["connect-src 'self'", "img-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

function sendText(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  const body = `${text}\n`;
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** A body that a browser that has it already does not get again. */
function sendBody(request: IncomingMessage, response: ServerResponse, type: string, body: string): void {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

interface EventsOptions {
  readonly clients: EventClients;
  readonly window: LiveWindow;
  readonly options: LiveServerOptions;
}

function sendEvents(
  request: IncomingMessage,
  response: ServerResponse,
  { clients, window, options }: EventsOptions,
): void {
  if (clients.isFull) {
    response.setHeader('retry-after', '10');
    sendText(request, response, 503, `${clients.size} pages are open, which is the most there may be`);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  // A browser that loses the connection comes again after 2 s.
  response.write(`retry: 2000\n${eventText(options, window)}`);
  clients.add(response, window);
}

function eventText({ view, state }: LiveServerOptions, window: LiveWindow): string {
  return `data: ${JSON.stringify(liveEvent(view(window), state()))}\n\n`;
}

/** What is no HTTP. */
function refuseBytes(socket: Duplex): void {
  if (!socket.writable) return;
  const headers = Object.entries(safeHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 400 Bad Request\r\n${headers.join('')}content-length: 0\r\nconnection: close\r\n\r\n`);
}
