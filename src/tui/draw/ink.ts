/** Inks of shades from nothing to much: with 256 colours they help to see what the signs `░▒▓█` say. */
export const shadeInks = ['shade0', 'shade1', 'shade2', 'shade3', 'shade4'] as const;

/**
 * What a piece of text is, not how it looks: the palettes below give each its colour. Colour is for state alone, and for
 * shades.
 */
export const inks = ['plain', 'strong', 'badge', 'grid', 'data', 'warn', 'bad', ...shadeInks, 'solid'] as const;
export type Ink = (typeof inks)[number];

/** How many colours there are. */
export type Palette = '16' | '256';

/**
 * SGR parameters of each ink. Text is in the terminal's own foreground, lines are faint, and no colour is bright black,
 * which some themes give the colour of the background. The three colours of 256 differ for any colour blindness.
 */
const sgr: Readonly<Record<Palette, Readonly<Record<Ink, string>>>> = {
  '16': {
    ...{ plain: '', strong: '1', badge: '7', grid: '2', data: '36', warn: '1;33', bad: '1;7;31' },
    ...{ shade0: '36', shade1: '36', shade2: '36', shade3: '36', shade4: '36', solid: '36' },
  },
  '256': {
    ...{ plain: '', strong: '1', badge: '7', grid: '2', data: '38;5;75', warn: '1;38;5;220', bad: '1;38;5;203' },
    // Signs in the lightest colour on a background of rising luminance: 0.02, 0.10, 0.20, 0.38, 0.71.
    ...{ shade0: '38;5;221;48;5;17', shade1: '38;5;221;48;5;24', shade2: '38;5;221;48;5;31' },
    ...{ shade3: '38;5;221;48;5;108', shade4: '38;5;221;48;5;221' },
    // The block of the last shade, which hides its background: a page full of them takes a tenth less bytes without.
    solid: '38;5;221',
  },
};

/** Wraps text in the colours of an ink and ends them, so that every piece stands alone. */
export function paint(text: string, ink: Ink, palette: Palette): string {
  return ink === 'plain' ? text : `\x1b[${sgr[palette][ink]}m${text}\x1b[0m`;
}
