import { pageSizeMin } from '../../tui/pages/render-screen.js';
import { resolveStyle } from '../../tui/draw/style.js';
import { screenRefusal } from '../../tui/terminal.js';
import { type Finding, ok, warn } from './finding.js';

/** The properties of a terminal to check. */
export interface TerminalFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inputIsTerminal: boolean;
  readonly outputIsTerminal: boolean;
  /** Characters; undefined without a terminal. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
}

/** How `watch` will look here. */
export function checkTerminal(facts: TerminalFacts): Finding {
  const { env, outputIsTerminal, columns = 0, rows = 0 } = facts;
  if (!outputIsTerminal) return ok('terminal', 'stdout is no terminal: watch prints one line per message');
  const refusal = screenRefusal(facts);
  if (refusal !== undefined) {
    return warn(
      'terminal',
      `${refusal}: watch prints one line per message`,
      'run watch in a terminal, with TERM set to its type',
    );
  }
  const { color, ascii } = resolveStyle({ env, isTerminal: true });
  const colors = color === 'none' ? 'no colours' : 'colours';
  const text = `${columns}x${rows}, ${colors}, ${ascii ? 'ASCII only' : 'block characters'}, TERM ${env.TERM ?? ''}`;
  const { width, height } = pageSizeMin;
  if (columns < width || rows < height) {
    return warn('terminal', text, `enlarge it: the dashboard needs at least ${width}x${height}, better 80x24`);
  }
  const isAsked = (env.NO_COLOR ?? '') !== '';
  if (color === 'none' && !isAsked)
    return warn('terminal', text, 'set TERM to the type of the terminal, such as xterm-256color');
  if (ascii) return warn('terminal', text, 'set a UTF-8 locale for block characters: LANG=C.UTF-8');
  return ok('terminal', isAsked ? `${text}, because of NO_COLOR` : text);
}
