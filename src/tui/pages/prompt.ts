import { plainText } from '../../domain/plain-text.js';
import type { PromptView } from './view.js';

/** Longest line that is typed, in characters. */
const textMax = 80;

/** A line that a key has asked for. */
export type Prompt =
  | { readonly kind: 'mark'; readonly text: string; readonly atMs: number; readonly isWindow: boolean }
  | {
      readonly kind: 'known';
      readonly text: string;
      /** Undefined = there is no alarm. */
      readonly of: { readonly object: string; readonly name: string } | undefined;
    }
  | { readonly kind: 'find'; readonly text: string }
  | { readonly kind: 'all'; readonly text: string; readonly ids: readonly string[] };

/** What `K` says where no alarm is. */
export const noneKnown = 'no alarm to note as known';

/** The prompt after a key, as blessed names it; a character is itself. */
export function afterPromptKey(prompt: Prompt, key: string): Prompt | 'entered' | 'given up' {
  if (key === 'escape') return 'given up';
  // A question is answered by one key; any other than y means no.
  if (prompt.kind === 'all') return key === 'y' ? 'entered' : 'given up';
  if (key === 'enter') return prompt.kind === 'find' && prompt.text.trim() === '' ? 'given up' : 'entered';
  if (key === 'backspace') return { ...prompt, text: prompt.text.slice(0, -1) };
  if (key === 'C-u') return { ...prompt, text: '' };
  const typed = key === 'space' ? ' ' : key;
  // A key is one character, of two units where it is rare.
  if (Array.from(typed).length !== 1 || prompt.text.length >= textMax) return prompt;
  return { ...prompt, text: prompt.text + plainText(typed, 1) };
}

/** What stands at the bottom while it is typed. */
export function promptView(prompt: Prompt): PromptView {
  const { kind, text } = prompt;
  switch (kind) {
    case 'mark':
      return { label: prompt.isWindow ? 'count anew from here, mark' : 'mark', text, keys: 'Enter sets it  Esc back' };
    case 'known':
      return prompt.of === undefined
        ? { label: noneKnown, text, keys: 'Enter or Esc back' }
        : { label: `${prompt.of.name} is known, note`, text, keys: 'Enter keeps it  Esc back' };
    case 'find':
      return { label: 'find 2:17 or layer 2 cell 4', text, keys: 'Enter finds it  Esc back' };
    case 'all':
      return { label: `acknowledge ${prompt.ids.length === 1 ? 'the alarm' : `all ${prompt.ids.length} alarms`} shown? y/n`, text, keys: '' }; // prettier-ignore
    default:
      return kind satisfies never;
  }
}
