/** Why a lane was lost: the abort reason of its `lost` signal, where the implementation knows it. */
const laneLosses = ['handed-over', 'taken', 'out-of-touch'] as const;
export type LaneLoss = (typeof laneLosses)[number];

/** Why a lane's signal aborted, for a message such as `lost lane 0 (missed heartbeats)`. */
export function laneLossText({ reason }: AbortSignal): string {
  const loss = laneLosses.find((known) => known === reason);
  switch (loss) {
    case 'handed-over':
      return 'handed over to another instance';
    case 'taken':
      return 'taken over by another instance';
    case 'out-of-touch':
      return 'missed heartbeats: stopped, or brokers unreachable';
    case undefined:
      return 'taken over, or missed heartbeats';
    default:
      return loss satisfies never;
  }
}
