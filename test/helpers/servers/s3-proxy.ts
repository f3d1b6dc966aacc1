import { createServer, request as ask } from 'node:http';
import { listenOnLoopback } from './loopback.js';

/** A request on its way to the server. */
export interface S3Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What a middlebox makes of an answer. */
export interface S3Answer {
  readonly status: number;
  readonly body: string;
}

/** Something between a client and its S3 server. */
export interface S3Proxy {
  readonly endpoint: string;
  /** All requests, in the order in which they came. */
  readonly requests: readonly S3Request[];
  close(): void;
}

/**
 * Passes requests on to a server on loopback, as they are, so that their signatures hold.
 *
 * @param rewrite makes another answer to a list of objects of the one that the server gave
 */
export async function openS3Proxy(
  port: number,
  rewrite: (request: S3Request, answer: S3Answer) => S3Answer = (_, answer) => answer,
): Promise<S3Proxy> {
  const requests: S3Request[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    const request = { method, url: new URL(url, 'http://s3'), headers };
    requests.push(request);
    const upstream = ask({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      const isList = method === 'GET' && request.url.searchParams.has('prefix');
      if (!isList) {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      const parts: Buffer[] = [];
      answer.on('data', (bytes: Buffer) => parts.push(bytes));
      answer.on('end', () => {
        const given = { status: answer.statusCode ?? 500, body: Buffer.concat(parts).toString() };
        const { status, body } = rewrite(request, given);
        outgoing.writeHead(status, { 'content-type': 'application/xml' }).end(body);
      });
    });
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  });
  return {
    endpoint: `http://127.0.0.1:${await listenOnLoopback(server)}`,
    requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
