import type { Palette } from './ink.js';

/** How a renderer may draw. */
export interface Style {
  /** The palette, as SGR sequences; `none` = no escape sequence at all. */
  readonly color: 'none' | Palette;
  /** Only bytes 0x20-0x7e and line feeds come out. */
  readonly ascii: boolean;
  /** Lines of enlarged charts are dots of braille characters, which some fonts lack; default: bars of block characters. */
  readonly braille?: boolean;
}

/** Whether enlarged charts are lines: without colours, nothing would tell these apart. */
export function hasLines({ braille, color }: Style): boolean {
  return braille === true && color !== 'none';
}

/** What `--glyphs` may say. */
export const glyphChoices = ['auto', 'block', 'ascii'] as const;
export type Glyphs = (typeof glyphChoices)[number];

/** Inputs of {@link resolveStyle}: the environment, the destination of the text, and the user's request. */
export interface StyleInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  /** `--ascii`; default false: decided by the locale. */
  readonly ascii?: boolean;
  /** `--glyphs`; default block: no braille. */
  readonly glyphs?: Glyphs;
}

/**
 * The style that suits an output: colour only on a terminal that has some and where `NO_COLOR` is empty, block
 * characters unless the locale or the terminal is known not to have them.
 */
export function resolveStyle({ env, isTerminal, ascii = false, glyphs = 'block' }: StyleInput): Style {
  const colorless = !isTerminal || isSet(env.NO_COLOR) || isColorlessTerminal(env.TERM);
  const isAscii = ascii || glyphs === 'ascii' || !hasBlockCharacters(env);
  return { color: colorless ? 'none' : paletteOf(env), ascii: isAscii, braille: glyphs === 'auto' && !isAscii };
}

function paletteOf({ TERM, COLORTERM }: StyleInput['env']): Palette {
  return /256color|direct/.test(TERM ?? '') || /truecolor|24bit/.test(COLORTERM ?? '') ? '256' : '16';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function isColorlessTerminal(term: string | undefined): boolean {
  return term === undefined || term === '' || /^(dumb|unknown|vt\d)/.test(term);
}

/** A locale that is not set at all is taken for UTF-8: containers leave it out, and their terminal has it. */
function hasBlockCharacters(env: StyleInput['env']): boolean {
  if (/^(linux|dumb|vt\d)/.test(env.TERM ?? '')) return false;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(isSet);
  return locale === undefined || /utf-?8/i.test(locale);
}
