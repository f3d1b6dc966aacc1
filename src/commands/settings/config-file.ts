import { readFile } from 'node:fs/promises';
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
      rule: code === 'MULTIPLE_DOCS' ? 'a config file is one document' : message,
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

  /** The text of a number as it is written there: `1e3` is no whole number for a flag. */
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

/**
 * Reads a configuration file, whatever is in it.
 *
 * @throws DtstreamError `config` when it cannot be read
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DtstreamError('config', `cannot read ${path}: ${systemProblem(error)}`, { cause: error });
  });
  return new ConfigFile(path, text);
}

function isEmpty(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null);
}

function keyOf(items: readonly { readonly key: unknown }[], name: string): Node | undefined {
  return items.map(({ key }) => key).find((key): key is Node => isScalar(key) && key.value === name);
}
