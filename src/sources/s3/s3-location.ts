import { DtstreamError } from '../../errors.js';

/** What an `s3://` input names: a bucket, and the key of an object or what keys begin with; empty = all of the bucket. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

const scheme = 's3://';

/** Whether an input names objects in S3. */
export function isS3Input(input: string): boolean {
  return input.startsWith(scheme);
}

/**
 * Takes an `s3://bucket/key` apart; the key stands as it is, without any escapes.
 *
 * @throws DtstreamError `usage` when the bucket can't be one
 */
export function parseS3Location(input: string): S3Location {
  const [bucket, ...rest] = input.slice(scheme.length).split('/');
  // The rules of S3 for new buckets, and the rules before 2018.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket)) {
    throw new DtstreamError('usage', `cannot read ${input}: it must be s3://bucket/prefix, got bucket '${bucket}'`);
  }
  return { bucket, key: rest.join('/') };
}

/** The `s3://bucket/key` of a location, for messages and as its name for good. */
export function s3Name({ bucket, key }: S3Location): string {
  return `${scheme}${bucket}/${key}`;
}
