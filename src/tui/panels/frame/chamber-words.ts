import type { ChamberPanel } from '../../../views/detector/detector-view.js';
import type { ChamberVerdict } from '../../../views/detector/verdicts.js';
import type { Ink } from '../../draw/ink.js';
import { type Piece, plainPiece } from '../../draw/line.js';
import type { PageInput } from '../../pages/page.js';

/** With more chambers only those are named that are not well. */
const namedMax = 4;

/** The name of a chamber at the left end of what is drawn of it, with a mark where the keys act on it. */
export function chamberName(
  name: string,
  { chamber }: Pick<ChamberPanel, 'chamber'>,
  { detector, view }: Pick<PageInput, 'detector' | 'view'>,
): Piece {
  const isChosen = detector.chambers.length > 1 && !view.choices.isEnlarged && chamber === view.choices.chamber;
  return { text: `${isChosen ? '>' : ' '}${name} ${chamber}`, ink: 'strong' };
}

/** Colour is for state: what is well or known is in the colour of text. */
export function verdictInk({ state }: Pick<ChamberVerdict, 'state'>): Ink {
  return state === 'bad' ? 'bad' : state === 'unknown' ? 'warn' : 'plain';
}

/** What is said of each chamber, in a word: in several lengths, the longest first. */
export function chamberWords(chambers: readonly ChamberPanel[]): Piece[][] {
  if (chambers.length === 0) return [[]];
  if (chambers.length <= namedMax) {
    const named = (text: (panel: ChamberPanel) => string): Piece[] =>
      chambers.map((panel) => ({ text: `${panel.chamber} ${text(panel)}`, ink: verdictInk(panel.verdict) }));
    return [named(({ verdict }) => wordWithChannel(verdict)), named(({ verdict }) => verdict.word)];
  }
  return countedWords(chambers);
}

/** The word of a verdict with its channel in the place of the number of channels: `DEAD 2:17`, `HOT 0:5 +2`. */
function wordWithChannel({ word, at }: ChamberVerdict): string {
  const counted = /^(.+) (\d+)$/.exec(word);
  if (at === undefined || counted === null) return word;
  const more = Number(counted[2]) - 1;
  return `${counted[1]} ${at}${more > 0 ? ` +${more}` : ''}`;
}

/** `61 ok`, `1 known`, `2 bad: 17 DEAD 1, 31 HOT 1`. */
function countedWords(chambers: readonly ChamberPanel[]): Piece[][] {
  const of = (state: ChamberVerdict['state']): ChamberPanel[] =>
    chambers.filter(({ verdict }) => verdict.state === state);
  const [ok, known, unknown, bad] = [of('ok'), of('known'), of('unknown'), of('bad')];
  const counts = [
    ...(ok.length === 0 ? [] : [plainPiece(`${ok.length} ok`)]),
    ...(known.length === 0 ? [] : [plainPiece(`${known.length} known`)]),
    ...(unknown.length === 0 ? [] : [{ text: `${unknown.length} ?`, ink: 'warn' as const }]),
  ];
  if (bad.length === 0) return [counts];
  const shortest: Piece = { text: `${bad.length} bad`, ink: 'bad' };
  const list = (names: readonly string[], more: number): Piece[] => [
    ...counts,
    { text: `${shortest.text}: ${names.join(' ')}${more > 0 ? ` +${more}` : ''}`, ink: 'bad' },
  ];
  const words = bad.map(({ chamber, verdict }) => `${chamber} ${verdict.word}`);
  const numbers = bad.map(({ chamber }) => String(chamber));
  const cut = numbers.map((_, at) => list(numbers.slice(0, bad.length - at), at));
  return [[...counts, { text: `${shortest.text}: ${words.join(', ')}`, ink: 'bad' }], ...cut, [shortest]];
}
