import { createReadStream } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { DtstreamError } from '../../errors.js';
import { systemProblem } from '../../sources/input-error.js';

/** Something wrong with a configuration file. */
export interface ConfigProblem {
  /** `file:line:column` */
  readonly place: string;
  /** The rule, after the path of the key where there is one. */
  readonly rule: string;
}

/** A configuration file as text, values and places. */
export class ConfigFile {
  readonly path: string;
  /** What makes it no YAML document, first one first. */
  readonly faults: readonly ConfigProblem[];
  /** The values, without the keys that have none; undefined for an empty file and one with faults. */
  readonly value: unknown;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(path: string, text: string) {
    this.path = path;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const faults = this.#document.errors.map(({ pos, code, message }) => ({
      place: this.#place(pos[0]),
      rule: faultRule(code, message),
    }));
    if (faults.length === 0) {
      const { value, fault } = this.#values();
      this.value = value;
      if (fault !== undefined) faults.push(fault);
    }
    this.faults = faults;
  }

  /** Where the value of a path stands, or its nearest parent; with `key`, where that key of it stands. */
  placeOf(path: readonly PropertyKey[], key?: string): string {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, length), true);
      if (!isNode(node)) continue;
      const keyNode = key !== undefined && isMap(node) ? keyOf(node.items, key) : undefined;
      return this.#place((keyNode ?? node).range?.[0] ?? 0);
    }
    return this.#place(0);
  }

  /** The literal text of a number: `1e3` is not a whole number for a flag. */
  textAt(path: readonly PropertyKey[]): string | undefined {
    const node: unknown = this.#document.getIn(path, true);
    return isScalar(node) && typeof node.value === 'number' ? node.source : undefined;
  }

  #place(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.path}:${line}:${col}`;
  }

  /** The document's values; an alias that leads nowhere, or to too much, shows only here. */
  #values(): { value?: unknown; fault?: ConfigProblem } {
    try {
      // A key without a value, as where everything below it is a comment, says nothing.
      visit(this.#document, { Pair: (_, { value }) => (isEmpty(value) ? visit.REMOVE : undefined) });
      return { value: this.#document.toJS() as unknown };
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      return { fault: { place: this.#place(0), rule: error.message } };
    }
  }
}

/** A file of 64 chambers has a tenth of it; YAML of a megabyte can take all memory to parse. */
const configBytesMax = 256 << 10;

/**
 * Reads a configuration file with any content.
 *
 * @throws DtstreamError `config` when it cannot be read, or is far larger than one can be
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  return new ConfigFile(path, await readText(path));
}

/** Not more than needed, of what may be a pipe or have no end. */
async function readText(path: string): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of createReadStream(path) as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (bytes > configBytesMax) break;
    }
  } catch (error) {
    throw new DtstreamError('config', `cannot read ${path}: ${systemProblem(error)}`, { cause: error });
  }
  if (bytes <= configBytesMax) return Buffer.concat(parts).toString();
  const rule = `a config file must have at most ${configBytesMax} bytes, got more`;
  throw new DtstreamError('config', `cannot read ${path}: ${rule}`);
}

function faultRule(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a config file is one document';
  return message.includes('call stack') ? 'it is nested too deeply' : message;
}

function isEmpty(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null);
}

function keyOf(items: readonly { readonly key: unknown }[], name: string): Node | undefined {
  return items.map(({ key }) => key).find((key): key is Node => isScalar(key) && key.value === name);
}
