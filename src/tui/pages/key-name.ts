/** Keys that have a name on the keyboard, by that of blessed. */
const names: Readonly<Record<string, string>> = {
  ...{ space: 'Space', tab: 'Tab', enter: 'Enter', escape: 'Esc', backspace: 'Backspace', delete: 'Delete' },
  ...{ insert: 'Insert', home: 'Home', end: 'End', pageup: 'Page Up', pagedown: 'Page Down' },
  ...{ up: 'Up', down: 'Down', left: 'Left', right: 'Right', clear: 'Clear' },
};
const held: Readonly<Record<string, string>> = { C: 'Ctrl', M: 'Alt', S: 'Shift' };

/** A capital letter, which blessed names by its small one: `S-k` is `K`. */
export function letterOf(key: string): string {
  return /^S-[a-z]$/.test(key) ? key.slice(2).toUpperCase() : key;
}

/** A key as it is written on the keyboard: `C-x` is Ctrl-X, `pagedown` Page Down; what has no name is `this key`. */
export function nameOfKey(named: string): string {
  const [, before = '', key = ''] = /^((?:[CMS]-)*)(.+)$/su.exec(letterOf(named)) ?? [];
  const name = names[key] ?? (/^f\d+$/.test(key) ? key.toUpperCase() : /^[\x21-\x7e]$/.test(key) ? key : undefined);
  if (name === undefined) return 'this key';
  if (before === '') return name;
  const holding = before.split('-').flatMap((letter) => held[letter] ?? []);
  return [...holding, name.length === 1 ? name.toUpperCase() : name].join('-');
}
