/** How a connection fails while no broker has said why. */
export type Trouble = 'refused' | 'host' | 'route' | 'timeout' | 'closed';

/** System error codes of each. */
const codes: Readonly<Record<string, Trouble>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'host',
  EAI_AGAIN: 'host',
  EHOSTUNREACH: 'route',
  ENETUNREACH: 'route',
  EADDRNOTAVAIL: 'route',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'closed',
  ECONNABORTED: 'closed',
  EPIPE: 'closed',
};

/** Errors of kafkajs by name, where they have no code. */
const names: Readonly<Record<string, Trouble>> = {
  KafkaJSConnectionClosedError: 'closed',
  KafkaJSRequestTimeoutError: 'timeout',
  KafkaJSLockTimeout: 'timeout',
  KafkaJSConnectionError: 'closed',
};

/** How a connection failed; undefined for a failure of another kind. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === 'string') return codes[code];
  return typeof name === 'string' && code === undefined ? names[name] : undefined;
}

/** A few words for each; the message also names the address or broker. */
export const troubleWords: Readonly<Record<Trouble, string>> = {
  refused: 'connection refused',
  host: 'there is no such host',
  route: 'there is no route to it',
  timeout: 'no answer in time',
  closed: 'connection closed',
};
