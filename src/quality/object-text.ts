import type { QualityObject } from './events.js';

/** An object, or what is about one. */
type Named = { readonly [key in keyof QualityObject]: number | undefined };

/** An object in an id: `1:37` a channel, `1/2` a layer, `1` a chamber, `board0` a board, `detector` all of it. */
export function objectText({ board, chamber, channel, layer }: Named): string {
  if (board !== undefined) return `board${board}`;
  if (chamber === undefined) return 'detector';
  if (channel !== undefined) return `${chamber}:${channel}`;
  return layer === undefined ? String(chamber) : `${chamber}/${layer}`;
}

/** The same read back; undefined for what names no object. */
export function objectOf(text: string): QualityObject | undefined {
  if (text === 'detector') return {};
  const board = /^board(\d+)$/.exec(text);
  if (board !== null) return { board: Number(board[1]) };
  const inside = /^(\d+)(?:(:|\/)(\d+))?$/.exec(text);
  if (inside === null) return undefined;
  const chamber = Number(inside[1]);
  if (inside[2] === undefined) return { chamber };
  return inside[2] === ':' ? { chamber, channel: Number(inside[3]) } : { chamber, layer: Number(inside[3]) };
}
