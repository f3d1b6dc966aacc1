import { connectionTrouble, errorType, isRetryable, reasonOf } from './kafka-error.js';

/** An address of the list at which no broker was got. */
export interface FailedSeed {
  /** `host:port` */
  readonly address: string;
  readonly error: unknown;
}

/**
 * One error for the failure of all addresses of a list: the common reason, or each address with its own. Waiting helps
 * if one of them may come back; not if a broker has refused the credentials.
 *
 * @param hasWorked whether a broker has answered before: then an unknown name is an outage of the name service
 */
export function seedsFailure(failed: readonly FailedSeed[], hasWorked: boolean): unknown {
  const [first, ...others] = failed;
  const isNowhere = ({ error }: FailedSeed): boolean => !hasWorked && isUnknownHost(error);
  const reason = reasonOf(first.error);
  const isSame = others.every(({ error }) => reasonOf(error) === reason);
  const mayPass = failed.some((seed) => isRetryable(seed.error) && !isNowhere(seed));
  const isRefused = failed.some(({ error }) => errorType(error) !== undefined && !isRetryable(error));
  if (isSame && mayPass === isRetryable(first.error)) return first.error;
  const text = isSame ? reason : failed.map(({ address, error }) => `${address}: ${reasonOf(error)}`).join('; ');
  return Object.assign(new Error(text), { retriable: mayPass && !isRefused });
}

/** A name that the name service does not know; one that it cannot look up now may be known later. */
function isUnknownHost(error: unknown): boolean {
  return connectionTrouble(error) === 'host' && codeOf(error) === 'ENOTFOUND';
}

function codeOf(error: unknown): unknown {
  for (let inner = error; typeof inner === 'object' && inner !== null;) {
    const { code, cause } = inner as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string') return code;
    inner = cause;
  }
  return undefined;
}
