/** What tells which history of its producer a message belongs to. */
interface MessageOrigin {
  readonly msg_ID: number;
  readonly batch?: { readonly opened: string } | undefined;
  readonly history?: string | undefined;
}

/** The newest message of a producer so far. */
interface NewestMessage {
  readonly id: number;
  readonly history: string | undefined;
  /** When it was closed, ISO 8601. */
  readonly closed: string | undefined;
}

/**
 * Whether a message restarts the history of its producer, as after `--reset`. Histories have names, independent of any
 * clock. A history that continues under another name continues with the next `msg_ID`: an older version gave it no name,
 * or the number of lanes changed. Between messages without a name the times decide: a repeated first message is not a
 * reset, because the first message of a reset is opened after all others were closed.
 */
export function beginsAnew(message: MessageOrigin, last: NewestMessage | undefined): boolean {
  if (last === undefined) return false;
  if (message.history !== undefined) return message.history !== last.history && message.msg_ID <= last.id;
  if (message.msg_ID !== 0) return false;
  if (message.batch === undefined || last.closed === undefined) return false;
  return Date.parse(message.batch.opened) > Date.parse(last.closed);
}
