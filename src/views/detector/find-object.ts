import { type Chamber, chamberLayers, layerOf } from '../../domain/geometry.js';

/** A place of the detector: a chamber, one of its layers, or one of its channels. */
export interface FoundObject {
  readonly chamber: number;
  readonly channel?: number;
  readonly layer?: number;
}

/** What a search has to know. */
interface FindContext {
  readonly chambers: readonly Pick<Chamber, 'fpga' | 'channelFirst' | 'channels'>[];
  /** The one that is selected: of it are a layer and a cell without a chamber. */
  readonly chamber: number;
}

const rule = 'must be 2:17, fpga 1 channel 17, layer 3 cell 4, chamber 2 or 2/3 (its layer 3)';

/** What a number may be of, by its word. */
const words = {
  ...{ fpga: 'board', board: 'board', chamber: 'chamber', channel: 'channel', layer: 'layer', cell: 'cell' },
} as const;
type Word = (typeof words)[keyof typeof words];

/**
 * Finds what somebody has typed: `2:17`, `fpga 1 channel 17` (as the board counts), `layer 3 cell 4`, `chamber 2`, `2/3`.
 * Numbers count from 0.
 *
 * @returns the place, or why there is none, with the rule
 */
export function findObject(text: string, context: FindContext): FoundObject | { readonly problem: string } {
  const typed = text.trim().replace(/^\//, '').trim();
  const asked = numbersOf(typed.toLowerCase());
  if (asked === undefined) return { problem: `what is sought ${rule}, got ${typed === '' ? 'nothing' : typed}` };
  return placeOf(asked, context) ?? { problem: `there is no ${typed} in this detector: what is sought ${rule}` };
}

type Asked = Readonly<Partial<Record<Word, number>>>;

/** The numbers by what they count; undefined for a text of another form. */
function numbersOf(text: string): Asked | undefined {
  const pair = /^(\d{1,3}) ?([:/]) ?(\d{1,3})$/.exec(text);
  if (pair !== null) {
    const [, chamber, sign, inside] = pair;
    return { chamber: Number(chamber), [sign === ':' ? 'channel' : 'layer']: Number(inside) };
  }
  if (!/^([a-z]+ ?\d{1,3}(?:[ ,]+|$))+$/.test(text)) return undefined;
  const asked: Partial<Record<Word, number>> = {};
  for (const [, name, number] of text.matchAll(/([a-z]+) ?(\d+)/g)) {
    const word = wordOf(name);
    if (word === undefined || asked[word] !== undefined) return undefined;
    asked[word] = Number(number);
  }
  return isWhole(asked) ? asked : undefined;
}

function wordOf(name: string): Word | undefined {
  return Object.hasOwn(words, name) ? words[name as keyof typeof words] : undefined;
}

/** Whether the numbers name one object. */
function isWhole({ board, chamber, channel, layer, cell }: Asked): boolean {
  if (board !== undefined)
    return channel !== undefined && chamber === undefined && layer === undefined && cell === undefined;
  if (channel !== undefined) return chamber !== undefined && layer === undefined && cell === undefined;
  return layer !== undefined || (chamber !== undefined && cell === undefined);
}

function placeOf(asked: Asked, { chambers, chamber: selected }: FindContext): FoundObject | undefined {
  const { board, channel, layer, cell } = asked;
  if (board !== undefined) {
    const onBoard = channel ?? 0;
    const chamber = chambers.findIndex(
      ({ fpga, channelFirst, channels }) =>
        fpga === board && onBoard >= channelFirst && onBoard < channelFirst + channels,
    );
    return chamber < 0 ? undefined : { chamber, channel: onBoard - chambers[chamber].channelFirst };
  }
  const chamber = asked.chamber ?? selected;
  const channels = chambers.at(chamber)?.channels ?? 0;
  if (chamber >= chambers.length) return undefined;
  if (channel !== undefined) return channel < channels ? { chamber, channel } : undefined;
  if (layer === undefined) return { chamber };
  if (layer >= chamberLayers) return undefined;
  if (cell === undefined) return { chamber, layer };
  const inCell = [0, 1, 2, 3].map((wire) => 4 * cell + wire).find((wire) => layerOf(wire) === layer) ?? channels;
  return inCell < channels ? { chamber, channel: inCell } : undefined;
}
