/** What went wrong, as a closed set that scripts and tests can rely on; `gone`: what was open is no longer there. */
export type ErrorCode =
  'usage' | 'input' | 'config' | 'store' | 'gone' | 'transport' | 'fenced' | 'limit' | 'not-comparable' | 'different';

/**
 * An expected failure: something outside the program is wrong, and the message says what was tried, the rule and the
 * value (`cannot read run.dat: size must be a multiple of 8 bytes, got 13`). A bug throws a plain Error instead.
 */
export class DtstreamError extends Error {
  readonly code: ErrorCode;
  /** Whether the same call may succeed later without a change by the user. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DtstreamError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Whether the open log is gone, so that only opening it again helps. */
export function isGone(error: unknown): error is DtstreamError {
  return error instanceof DtstreamError && error.code === 'gone';
}

/** The process exit code of an error: 2 bad usage, 3 not comparable, 1 everything else. */
export function exitCodeOf(error: unknown): 1 | 2 | 3 {
  if (!(error instanceof DtstreamError)) return 1;
  if (error.code === 'usage') return 2;
  return error.code === 'not-comparable' ? 3 : 1;
}
