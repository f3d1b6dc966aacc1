import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { DtstreamError } from '../../../errors.js';
import { type Trouble, troubleOf, troubleWords } from './connection-trouble.js';
import { refusedTypes, typeReasons } from './error-reasons.js';
import { type TlsTrouble, tlsTroubleOf, tlsWords } from './tls-trouble.js';

/** The name that the protocol gives an error, such as `PRODUCER_FENCED`; undefined for errors of another kind. */
export function errorType(error: unknown): string | undefined {
  for (let inner = error; isObject(inner); inner = innerOf(inner) ?? inner.cause) {
    const type = text(inner, 'type');
    if (type !== undefined) return type;
  }
  return undefined;
}

/** Whether the same request may succeed later: a broker that is unreachable or busy, not one that refuses. */
export function isRetryable(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof DtstreamError) return cause.retryable;
  const type = errorType(cause);
  if (type !== undefined) return !refusedTypes.has(type) && isObject(cause) && cause.retriable === true;
  const code = text(cause, 'code');
  if (tlsTroubleOf(code) !== undefined || isAuthenticationError(cause)) return false;
  if (troubleOf(cause) !== undefined) return true;
  return isObject(cause) && (cause.retriable === true || momentaryNames.has(text(cause, 'name') ?? ''));
}

/** What kafkajs says when it does not know the cluster yet, or has lost sight of it. */
const momentaryNames: ReadonlySet<string> = new Set([
  'KafkaJSBrokerNotFound',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
  'KafkaJSLockTimeout',
]);

/** How the connection failed under an error; undefined where a broker has answered, or TLS failed. */
export function connectionTrouble(error: unknown): Trouble | undefined {
  const cause = causeOf(error);
  return errorType(cause) === undefined ? troubleOf(cause) : undefined;
}

/** Why TLS failed under an error; undefined where it did not. */
export function tlsTroubleIn(error: unknown): TlsTrouble | undefined {
  return tlsTroubleOf(text(causeOf(error), 'code'));
}

/** `host:port` of the connection that failed, as kafkajs knows it. */
export function failedAddress(error: unknown): string | undefined {
  for (let inner = error; isObject(inner); inner = innerOf(inner) ?? inner.cause) {
    if (typeof inner.broker === 'string') return inner.broker;
  }
  return undefined;
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
  [89, { type: 'THROTTLING_QUOTA_EXCEEDED', retriable: true, message: 'The quota of changes is used up' }],
  [
    90,
    { type: 'PRODUCER_FENCED', retriable: false, message: 'There is a newer producer with the same transactional id' },
  ],
  [112, { type: 'UNSUPPORTED_ASSIGNOR', retriable: false, message: 'The group shares partitions out in another way' }],
  [120, { type: 'TRANSACTION_ABORTABLE', retriable: true, message: 'The transaction must be begun anew' }],
]);

/**
 * An expected failure of Kafka as one line: what was tried, and why it did not work.
 *
 * @param reason why, where more is known than the error itself says
 */
export function kafkaError(tried: string, error: unknown, reason?: string): DtstreamError {
  const cause = causeOf(error);
  if (cause instanceof DtstreamError) return cause;
  return new DtstreamError('transport', `cannot ${tried}: ${reason ?? reasonOf(cause)}`, {
    cause: error,
    retryable: isRetryable(error),
  });
}

/** A refusal that no error code stands for: a retry does not help. @param reason in words */
export function refusal(reason: string): Error {
  return Object.assign(new Error(reason), { retriable: false });
}

/** Why something did not work, in a few words. */
export function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  const type = errorType(cause);
  const message = plain(cause instanceof Error ? cause.message : String(cause));
  if (type !== undefined) return typeReasons[type] ?? message;
  if (isAuthenticationError(cause)) return `the user or the password is refused (${message})`;
  const tls = tlsTroubleOf(text(cause, 'code'));
  if (tls !== undefined) return tls === 'other' ? `${tlsWords[tls]}, ${message}` : tlsWords[tls];
  const trouble = troubleOf(cause);
  return trouble === undefined ? message : unknownPlaceReasons[trouble];
}

/** Error of an address from which no answer has come yet. */
const unknownPlaceReasons: Readonly<Record<Trouble, string>> = {
  ...troubleWords,
  refused: 'no broker answers there (connection refused)',
  timeout: 'no broker answers in time',
  closed: 'the broker closed the connection; does it want TLS, or SASL?',
};

/** The message of kafkajs without its own prefix, as one line. */
function plain(message: string): string {
  const line = message.replace(/^Connection error: /, '').replace(/\s*\n\s*/g, ' ');
  return /^[A-Z][a-z]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}

/** What the client of kafkajs itself finds wrong in an exchange of user and password. */
function isAuthenticationError(error: unknown): boolean {
  return text(error, 'name') === 'KafkaJSSASLAuthenticationError';
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

function innerOf(outer: Readonly<Record<string, unknown>>): unknown {
  const { name, cause, errors } = outer;
  if (name === 'KafkaJSAggregateError' && Array.isArray(errors)) {
    // One that refuses for good counts before those that may pass.
    const all = errors as readonly unknown[];
    return all.find((error) => !isRetryable(error)) ?? all[0];
  }
  const isWrapper = name === 'KafkaJSNumberOfRetriesExceeded' || name === 'KafkaJSNonRetriableError';
  return isWrapper && isObject(cause) ? cause : undefined;
}

function text(value: unknown, key: 'name' | 'type' | 'code'): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
