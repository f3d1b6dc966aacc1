/** Where `produce` writes rows, unless told otherwise. */
export const rowsTopic = 'data_raw';
/** Where `process` publishes its messages, and the rejected rows. */
export const resultsTopic = 'data_clean';
export const rejectedTopic = 'data_rejected';
export const resultTopics: readonly string[] = [resultsTopic, rejectedTopic];
