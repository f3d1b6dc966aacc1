import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** A request that is not answered: status and reason. */
export interface Refusal {
  readonly status: 400 | 403 | 405 | 421;
  readonly why: string;
}

/**
 * Why a request is refused. A page of another site must not read this one through the reader's browser: neither by a name
 * of its own that it has led here (the `Host` is checked), nor by a request from itself.
 *
 * @param host that the server was asked to listen on
 */
export function refusalOf({ method, headers }: IncomingMessage, host: string): Refusal | undefined {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, why: 'this page is only read: GET and HEAD' };
  const name = hostNameIn(headers.host);
  if (name === undefined) return { status: 400, why: 'the Host of the request must be a name or an address' };
  if (!isOwnName(name, host)) return { status: 421, why: 'the Host of the request is not one of this server' };
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const isFromElsewhere = (site === 'cross-site' || site === 'same-site') && mode !== 'navigate';
  const isForeign = origin !== undefined && origin !== `http://${headers.host ?? ''}`;
  return isFromElsewhere || isForeign ? { status: 403, why: 'another site must not read this one' } : undefined;
}

/** A name or an address without its port, in small letters. */
function hostNameIn(header: string | undefined): string | undefined {
  const [, bracketed, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d+)?$/i.exec(header ?? '') ?? [];
  return (bracketed ?? name)?.toLowerCase();
}

/** Addresses are no names that somebody could lead here. */
function isOwnName(name: string, host: string): boolean {
  const own = hostname().toLowerCase();
  return isIP(name) !== 0 || ['localhost', host.toLowerCase(), own, own.split('.')[0]].includes(name);
}
