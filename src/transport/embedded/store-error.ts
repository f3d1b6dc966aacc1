import { DtstreamError } from '../../errors.js';

/** What the system or LMDB calls an error, in words that say what to do. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file may not grow further (limit of the file size)',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EIO: 'the disk reports an input/output error',
  ENOTDIR: 'a part of the path is not a directory',
};

/** Numbers of the same errors, as LMDB reports them. */
const reasonsByNumber: Readonly<Record<number, string>> = {
  28: reasons.ENOSPC,
  122: reasons.EDQUOT,
  27: reasons.EFBIG,
  30: reasons.EROFS,
  13: reasons.EACCES,
  1: reasons.EPERM,
  5: reasons.EIO,
};

/**
 * The error of a store that cannot be used, from whatever a file operation or LMDB threw.
 *
 * @param tried what was tried, with the path: `cannot write to .dtstream/outputs`
 */
export function storeError(tried: string, cause: unknown): DtstreamError {
  if (cause instanceof DtstreamError) return cause;
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const known = typeof code === 'string' ? reasons[code] : typeof code === 'number' ? reasonsByNumber[code] : undefined;
  const reason = known ?? (cause instanceof Error ? cause.message : String(cause));
  return new DtstreamError('store', `${tried}: ${reason}`, { cause });
}
