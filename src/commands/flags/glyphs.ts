import { Option } from 'commander';
import { glyphChoices } from '../../tui/draw/style.js';

/** `--glyphs` of commands with a screen. */
export function glyphsOption(): Option {
  return new Option('--glyphs <set>', 'characters of the screen; auto: braille too, in enlarged charts')
    .choices(glyphChoices)
    .default('auto');
}
