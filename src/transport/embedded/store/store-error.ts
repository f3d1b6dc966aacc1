import { DtstreamError } from '../../../errors.js';

/** What the system calls an error, as a number where LMDB reports it, and in words that say what to do. */
const reasons = [
  { code: 'EPERM', number: 1, reason: 'operation not permitted' },
  { code: 'ENOENT', number: 2, reason: 'it does not exist' },
  {
    code: 'EIO',
    number: 5,
    reason: 'the disk reports an input/output error, which may be a limit on the size of files',
  },
  { code: 'EACCES', number: 13, reason: 'permission denied' },
  { code: 'ENOTDIR', number: 20, reason: 'a part of the path is not a directory' },
  { code: 'EFBIG', number: 27, reason: 'the file may not grow further' },
  { code: 'ENOSPC', number: 28, reason: 'no space left on the disk' },
  { code: 'EROFS', number: 30, reason: 'the file system is read-only' },
  { code: 'EDQUOT', number: 122, reason: 'the disk quota is used up' },
] as const;

/**
 * The error of a store that cannot be used, from what a file operation or LMDB threw. Anything else is a bug and is
 * returned as it is.
 *
 * @param tried what was tried, with the path: `cannot write to .dtstream/outputs`
 */
export function storeError(tried: string, cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause));
  if (cause instanceof DtstreamError) return cause;
  const code = 'code' in cause ? cause.code : undefined;
  if (code === undefined && !(cause instanceof SyntaxError)) return cause;
  const known = reasons.find((entry) => entry.code === code || entry.number === code);
  return new DtstreamError('store', `${tried}: ${known?.reason ?? cause.message}`, { cause });
}
