/** Where a lane continues, or begins. */
export interface TakenLane {
  readonly lane: number;
  /** Next unread offset of each partition (R). */
  readonly read: ReadonlyMap<number, number>;
  /** Messages from C to R, which are read again, and the open hits and scintillator rows among their rows. */
  readonly messagesAgain: number;
  readonly open: number;
  /** Last `msg_ID`; undefined before the first message. */
  readonly lastMessageId: number | undefined;
}
