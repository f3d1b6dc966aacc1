import { withPrefix } from '../flags/prefix.js';

/** Where `produce` writes rows, unless told otherwise. */
export const rowsTopic = 'data_raw';
/** Where `process` publishes its messages, and the rejected rows. */
export const resultsTopic = 'data_clean';
const rejectedTopic = 'data_rejected';

/** Topics that `process` publishes to, by their names in the log. */
export interface ResultTopics {
  readonly results: string;
  readonly rejected: string;
}

export function resultTopicsOf({ prefix }: { readonly prefix?: string | undefined }): ResultTopics {
  return { results: withPrefix(prefix, resultsTopic), rejected: withPrefix(prefix, rejectedTopic) };
}
