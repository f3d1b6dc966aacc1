import { readFile } from 'node:fs/promises';
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { geometrySchema } from '../domain/geometry-schema.js';
import { defaultGeometry, type Geometry } from '../domain/geometry.js';
import { DtstreamError } from '../errors.js';
import { systemProblem } from '../sources/input-error.js';
import { type KafkaConfig, kafkaConfigSchema } from './kafka-config.js';

const configSchema = z.strictObject({ geometry: geometrySchema.optional(), kafka: kafkaConfigSchema.optional() });

/** What a `--config` file may say; everything it leaves out has its default. */
export interface Config {
  readonly geometry: Geometry;
  readonly kafka?: KafkaConfig;
}

/**
 * Reads a `--config` file.
 *
 * @throws DtstreamError `config` with file, line, column and rule
 */
export async function readConfig(path: string): Promise<Config> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DtstreamError('config', `cannot read ${path}: ${systemProblem(error)}`, { cause: error });
  });
  const lines = new LineCounter();
  const fail = (offset: number, rule: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new DtstreamError('config', `cannot use ${path}:${line}:${col}: ${rule}`);
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fault = document.errors[0];
  if (fault !== undefined) {
    return fail(fault.pos[0], fault.code === 'MULTIPLE_DOCS' ? 'a config file is one document' : fault.message);
  }
  const parsed = configSchema.safeParse(plainOf(document, fail) ?? {});
  if (parsed.success) {
    const { geometry = defaultGeometry, kafka } = parsed.data;
    return { geometry, ...(kafka === undefined ? {} : { kafka }) };
  }
  const [issue] = parsed.error.issues;
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return fail(offsetOf(document, issue.path, unknownKey), `${where}${issue.message}`);
}

/** The document's values; an alias that leads nowhere, or to too much, shows only here. */
function plainOf(document: Document, fail: (offset: number, rule: string) => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return fail(0, error.message);
  }
}

/** Where in the text the value of a path stands, or its nearest parent; with `key`, where that key of it stands. */
function offsetOf(document: Document, path: readonly PropertyKey[], key?: string): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (!isNode(node)) continue;
    const keyNode = key !== undefined && isMap(node) ? keyOf(node.items, key) : undefined;
    return (keyNode ?? node).range?.[0] ?? 0;
  }
  return 0;
}

function keyOf(items: readonly { readonly key: unknown }[], name: string): Node | undefined {
  return items.map(({ key }) => key).find((key): key is Node => isScalar(key) && key.value === name);
}
