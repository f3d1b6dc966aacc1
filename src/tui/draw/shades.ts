import { type Ink, shadeInks } from './ink.js';
import type { Style } from './style.js';

/** From nothing to much. */
const blockShades = [' ', '░', '▒', '▓', '█'];
const asciiShades = [' ', '.', ':', 'o', '#'];

/** Lower ends of the shades, as shares of what is usual; the lowest one is for everything above nothing. */
const shadeFrom = [0.8, 0.95, 1.1];

export interface Shade {
  readonly sign: string;
  readonly ink: Ink;
}

/**
 * The shade of a share of what is usual.
 *
 * @param from lower ends of the second, third and fourth shade; default: 80, 95 and 110 %
 */
export function shadeOf(share: number, { ascii }: Pick<Style, 'ascii'>, from: readonly number[] = shadeFrom): Shade {
  const level = share > 0 ? 1 + from.filter((lower) => share >= lower).length : 0;
  const ink = !ascii && level === 4 ? 'solid' : shadeInks[level];
  return { sign: (ascii ? asciiShades : blockShades)[level], ink };
}
