/** Everything outside printable ASCII and the letters that take one column in every terminal. */
const unsafe = /[^\x20-\x7e\u00c0-\u024f\u0391-\u03c9\u0410-\u044f]/gu;

/**
 * Foreign text made harmless: no escape sequence, control, bidirectional, combining or double-width character and no
 * blessed tag survives. One column per character, at most `columnsMax`.
 */
export function plainText(text: string, columnsMax = 48): string {
  const head = text.slice(0, columnsMax * 8).normalize('NFC');
  const safe = head.replace(unsafe, '?').replaceAll('{', '(').replaceAll('}', ')');
  return safe.length <= columnsMax ? safe : `${safe.slice(0, columnsMax - 1)}~`;
}
