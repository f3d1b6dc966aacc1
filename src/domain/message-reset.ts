/**
 * Whether a message begins the history of its producer anew, as after `--reset`. A repeated first message is no reset:
 * that one would have been opened after all others were closed.
 *
 * @param lastClosed when the newest message so far was closed, ISO 8601
 */
export function beginsAnew(
  message: { readonly msg_ID: number; readonly batch?: { readonly opened: string } | undefined },
  lastClosed: string | undefined,
): boolean {
  if (message.msg_ID !== 0 || message.batch === undefined || lastClosed === undefined) return false;
  return Date.parse(message.batch.opened) > Date.parse(lastClosed);
}
