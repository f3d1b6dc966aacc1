/** Why a lane was lost: the reason that its `lost` signal aborts with, where the implementation knows. */
const laneLosses = ['handed-over', 'taken', 'out-of-touch'] as const;
export type LaneLoss = (typeof laneLosses)[number];

/** What happened to a lane whose signal has aborted, as the second half of a sentence. */
export function laneLossText({ reason }: AbortSignal): string {
  const loss = laneLosses.find((known) => known === reason);
  switch (loss) {
    case 'handed-over':
      return 'was handed to another member';
    case 'taken':
      return 'is lost: another owner took it';
    case 'out-of-touch':
      return 'is lost: this process missed its heartbeats (stopped, or brokers away)';
    case undefined:
      return 'is lost: another owner took it, or this process missed its heartbeats';
    default:
      return loss satisfies never;
  }
}
