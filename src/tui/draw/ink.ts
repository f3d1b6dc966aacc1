/** What a piece of text is, not how it looks: the palette below gives each its colour. */
export const inks = [
  'plain',
  'dim',
  'strong',
  'badge',
  'good',
  'warn',
  'bad',
  'total',
  'c0',
  'c1',
  'c2',
  'c3',
] as const;
export type Ink = (typeof inks)[number];

/** SGR parameters of each ink, from the sixteen palette colours; the terminal's theme decides what they look like. */
const sgr: Readonly<Record<Ink, string>> = {
  plain: '',
  dim: '90',
  strong: '1',
  badge: '7',
  good: '1;32',
  warn: '1;33',
  bad: '1;31',
  total: '94',
  c0: '36',
  c1: '32',
  c2: '33',
  c3: '35',
};

/** The ink of a chamber: four, then they repeat. */
export function chamberInk(chamber: number): Ink {
  const ink: readonly Ink[] = ['c0', 'c1', 'c2', 'c3'];
  return ink[chamber % ink.length];
}

/** Wraps text in the colours of an ink and ends them, so that every piece stands alone. */
export function paint(text: string, ink: Ink): string {
  return ink === 'plain' ? text : `\x1b[${sgr[ink]}m${text}\x1b[0m`;
}
