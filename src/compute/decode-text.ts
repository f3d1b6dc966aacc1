import { type CsvLayout, isCanonical, isSameLayout } from '../domain/csv-layout.js';
import { explainRejectedRow } from '../domain/explain-rejected-row.js';
import { endOfHole, holeKeptMax, nextHole } from '../domain/hole.js';
import { laterHeader } from '../domain/header-line.js';
import { rowCode } from '../domain/row-code.js';
import { lacksOnlySignedOrbit } from '../domain/drop-and-reject-rules.js';
import { decodeRows } from './decode-csv.js';
import { LayoutParser } from './layout-parser.js';
import { addParsedRow, notARow, parsedFields, classifyRow } from './classify-row.js';
import type { RowBlock } from './row-block.js';
import { useLayout } from './use-layout.js';

/** Decides lines of one layout that the kernel does not understand. */
interface CarefulDecoder {
  readonly layout: CsvLayout;
  /** The code of any one line, or `notARow`. */
  readonly codeOf: (start: number, end: number) => number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Decodes lines of a file that are in the block's text at [from, to). A line that names the six columns is a header: it is
 * obeyed from there on. Guarded by benchmarks/stages.ts.
 *
 * ```
 *  2,0,72,46758,279,18\n              rows, in any layout: by the kernel
 *  "18"; 2.79e2;46758;72;0;2\r\n
 *  18;2.5;46758;72;0;2\n              anything else: field by field
 * ```
 *
 * @param range its last byte must be an LF, or the last of a hole
 * @param layout by which the first line is to be read
 * @returns the layout in force behind the last line: the same object where none has changed it
 */
export function decodeText(
  block: RowBlock,
  { from, to }: { readonly from: number; readonly to: number },
  layout: CsvLayout,
): CsvLayout {
  const { text } = block;
  let decoder = decoderOf(block, layout);
  let hole = -1;
  for (let line = from; ;) {
    line = decodeRows(block, line, to);
    if (line >= to) break;
    if (hole < line) hole = nextHole(text, line, to);
    const lineEnd = text.indexOf(lineFeed, line);
    const hasHole = hole < to && (lineEnd < 0 || hole < lineEnd);
    const next = hasHole ? endOfHole(text, hole, to) : lineEnd + 1;
    const end = hasHole ? Math.min(next, hole + holeKeptMax) : endOfLine(text, line, lineEnd, decoder.layout.hasManyCr);
    const code = decoder.codeOf(line, end);
    const header = isOddLine(code) ? laterHeader(text, line, end, decoder.layout) : undefined;
    if (header !== undefined) {
      if (!isSameLayout(header, decoder.layout)) decoder = decoderOf(block, header);
    } else if (code !== notARow) {
      addRow(block, { start: line, end, code }, decoder.layout);
    }
    if (!hasHole) block.lines++;
    line = next;
  }
  return isSameLayout(decoder.layout, layout) ? layout : decoder.layout;
}

/** Sets the layout of the kernel, too. */
function decoderOf({ text, wires, kernel }: RowBlock, layout: CsvLayout): CarefulDecoder {
  useLayout(kernel, layout);
  if (isCanonical(layout)) return { layout, codeOf: (start, end) => classifyRow(text, start, end, wires) };
  const parser = new LayoutParser(layout);
  return { layout, codeOf: (start, end) => parser.codeOf(text, start, end, wires) };
}

/** Where the text of a line ends: before its LF, CRLF, or any number of CR before the LF. */
function endOfLine(text: Uint8Array, start: number, lineEnd: number, hasManyCr: boolean): number {
  let end = lineEnd;
  if (end > start && text[end - 1] === carriageReturn) end--;
  if (hasManyCr) while (end > start && text[end - 1] === carriageReturn) end--;
  return end;
}

/** Whether a line does not consist of six numbers, and is not blank. */
function isOddLine(code: number): boolean {
  return code === rowCode.rejectedFields || code === rowCode.rejectedNumber;
}

function addRow(
  block: RowBlock,
  { start, end, code }: { readonly start: number; readonly end: number; readonly code: number },
  layout: CsvLayout,
): void {
  if (code >= rowCode.rejectedFields) {
    block.rejected.push(block.rows, block.lines, start, end, code);
    block.explanation ??= explainRejectedRow(block.text.subarray(start, end), layout);
    if (code === rowCode.rejectedRange && lacksOnlySignedOrbit(parsedFields)) block.signedOrbits++;
  }
  addParsedRow(block, code);
}
