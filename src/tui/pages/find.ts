import type { DetectorView } from '../../views/detector/detector-view.js';

/** What was found, or why nothing was. */
export type Found = { readonly chamber: number; readonly channel?: number } | { readonly wrong: string };

/** Finds `2:17`. */
export function findObject(text: string, { detector }: { chamber: number; detector: DetectorView | undefined }): Found {
  const [, chamber, channel] = /^(\d{1,2}):(\d{1,2})$/.exec(text) ?? [];
  const panel = detector?.chambers.at(Number(chamber ?? -1));
  if (chamber === undefined || panel?.chamber !== Number(chamber) || Number(channel) >= panel.channels)
    return { wrong: `must be chamber:channel such as 2:17, got ${text}` };
  return { chamber: Number(chamber), channel: Number(channel) };
}
