/** Where a list begins of which only `count` find room, so that the chosen one is shown and none of the room is lost. */
export function firstShown(length: number, count: number, chosen: number): number {
  return Math.max(0, Math.min(chosen, length - count));
}
