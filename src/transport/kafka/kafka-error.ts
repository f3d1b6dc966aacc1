import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { DtstreamError } from '../../errors.js';

/** The name that the protocol gives an error, such as `PRODUCER_FENCED`; undefined for errors of another kind. */
export function errorType(error: unknown): string | undefined {
  for (let inner = error; isObject(inner); inner = innerOf(inner) ?? inner.cause) {
    const type = text(inner, 'type');
    if (type !== undefined) return type;
  }
  return undefined;
}

/** Whether the same request may succeed later: a broker that is away or busy, not one that refuses. */
export function isRetryable(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof DtstreamError) return cause.retryable;
  if (isRefusal(cause)) return false;
  const name = text(cause, 'name') ?? '';
  if (
    /^KafkaJS(Connection|RequestTimeout|LockTimeout|BrokerNotFound|GroupCoordinatorNotFound|MetadataNotLoaded)/.test(
      name,
    )
  ) {
    return true;
  }
  return isObject(cause) && cause.retriable === true;
}

/** Throws what an error code of a response means; 0 is none. */
export function throwOnCode(code: number): void {
  if (code !== 0) throw protocolError(code);
}

/** An error code as the error that kafkajs itself would throw, with the codes that came after its last release. */
export function protocolError(code: number): Error {
  const newer = newerCodes.get(code);
  if (newer === undefined) return createErrorFromCode(code);
  return Object.assign(new Error(newer.message), { name: 'KafkaJSProtocolError', code, ...newer });
}

const newerCodes = new Map([
  [
    90,
    { type: 'PRODUCER_FENCED', retriable: false, message: 'There is a newer producer with the same transactional id' },
  ],
  [120, { type: 'TRANSACTION_ABORTABLE', retriable: true, message: 'The transaction must be begun anew' }],
]);

/** An expected failure of Kafka as one line: what was tried, and why it did not work. */
export function kafkaError(tried: string, error: unknown): DtstreamError {
  const cause = causeOf(error);
  if (cause instanceof DtstreamError) return cause;
  return new DtstreamError('transport', `cannot ${tried}: ${reasonOf(cause)}`, {
    cause: error,
    retryable: isRetryable(error),
  });
}

const reasons: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'the user may not use this topic',
  GROUP_AUTHORIZATION_FAILED: 'the user may not use this group',
  CLUSTER_AUTHORIZATION_FAILED: 'the user may not do this in the cluster',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'the user may not use the transactional ids of this group',
  UNKNOWN_TOPIC_OR_PARTITION: 'the topic does not exist',
  INVALID_REPLICATION_FACTOR: 'there must be as many brokers as --replication-factor',
  ILLEGAL_SASL_STATE: 'a user is set, and the listener takes none (no SASL there); leave it out, or name another port',
  MESSAGE_TOO_LARGE: 'a message is larger than the topic takes (max.message.bytes)',
};

function reasonOf(cause: unknown): string {
  const known = reasons[errorType(cause) ?? ''];
  if (known !== undefined) return known;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = text(cause, 'code');
  if (code === 'ECONNREFUSED') return 'no broker answers there (connection refused)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host';
  if (/SASL|Authentication/.test(text(cause, 'name') ?? '')) {
    return `the user or the password is refused (${plain(message)})`;
  }
  if (/certificate|SSL|TLS|wrong version number/i.test(message)) return `TLS failed, ${plain(message)}`;
  if (/timeout/i.test(message)) return 'no broker answers in time';
  if (/Closed connection|socket|ECONNRESET/i.test(message)) {
    return 'the broker closed the connection; does it want TLS, or SASL?';
  }
  return plain(message);
}

/** The message of kafkajs without its own prefix, as one line. */
function plain(message: string): string {
  const line = message.replace(/^Connection error: /, '').replace(/\s*\n\s*/g, ' ');
  return /^[A-Z][a-z]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}

/** Refused for good: wrong password, no permission, wrong certificate, no such host. */
function isRefusal(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  const type = errorType(error) ?? '';
  return (
    /SASL|Authentication/.test(text(error, 'name') ?? '') ||
    /AUTHORIZATION_FAILED|SASL/.test(type) ||
    /certificate|SSL routines|wrong version number/i.test(message) ||
    text(error, 'code') === 'ENOTFOUND'
  );
}

/** kafkajs wraps what happened once it has tried often enough, and where several things went wrong. */
function causeOf(error: unknown): unknown {
  let inner = error;
  for (;;) {
    const next = isObject(inner) ? innerOf(inner) : undefined;
    if (next === undefined) return inner;
    inner = next;
  }
}

function innerOf({ name, cause, errors }: Readonly<Record<string, unknown>>): unknown {
  if (name === 'KafkaJSNumberOfRetriesExceeded') return cause;
  return name === 'KafkaJSAggregateError' && Array.isArray(errors) ? (errors as unknown[])[0] : undefined;
}

function text(value: unknown, key: 'name' | 'type' | 'code'): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
