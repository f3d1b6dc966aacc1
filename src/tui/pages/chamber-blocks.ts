import type { ChamberPanel } from '../../views/detector/detector-view.js';
import type { Area } from '../draw/canvas.js';
import { firstShown } from './first-shown.js';
import type { Choices } from './view.js';

/** A chamber and where it is drawn. */
export interface ChamberBlock {
  readonly panel: ChamberPanel;
  readonly area: Area;
}

/**
 * Chambers one above the other over the whole width: those from the selected one on where not all have room; the
 * selected one alone where it is enlarged.
 *
 * @param rule.heightMin rows below which a chamber is not drawn; one always is
 */
export function chamberBlocks(
  area: Area,
  panels: readonly ChamberPanel[],
  { choices, heightMin, heightMax }: { choices: Choices; heightMin: number; heightMax: number },
): ChamberBlock[] {
  const selected = Math.max(
    0,
    panels.findIndex(({ chamber }) => chamber === choices.chamber),
  );
  if (choices.isEnlarged) return panels.slice(selected, selected + 1).map((panel) => ({ panel, area }));
  const count = Math.min(panels.length, Math.max(1, Math.floor(area.height / heightMin)));
  const first = firstShown(panels.length, count, selected);
  const height = Math.min(heightMax, Math.floor(area.height / Math.max(1, count)));
  return panels.slice(first, first + count).map((panel, index) => ({
    panel,
    area: area.part({ x: 0, y: index * height, width: area.width, height }),
  }));
}

/** Chambers that a page says it has shown: all where the reader asked for one. */
export function shownOf(blocks: readonly ChamberBlock[], panels: readonly ChamberPanel[], choices: Choices): number {
  return choices.isEnlarged ? panels.length : blocks.length;
}
