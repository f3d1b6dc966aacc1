import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameOfKey } from '../../../src/tui/pages/key-name.js';

describe('the name of a key', () => {
  it('is what stands on the keyboard', () => {
    const names = [
      ...['x', 'S-x', 'C-x', 'M-x', 'pagedown', 'S-pageup', 'f5', 'delete', 'C-left', ';'].map(nameOfKey),
      ...['', '\u00e9', '\x01', '\u202e', 'undefined'].map(nameOfKey),
    ];
    assert.deepEqual(names, [
      ...['x', 'X', 'Ctrl-X', 'Alt-X', 'Page Down', 'Shift-Page Up', 'F5', 'Delete', 'Ctrl-Left', ';'],
      ...new Array<string>(5).fill('this key'),
    ]);
  });
});
