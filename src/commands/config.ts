import { readFile } from 'node:fs/promises';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { defaultGeometry, type Geometry, geometrySchema } from '../domain/geometry.js';
import { DtstreamError } from '../errors.js';

const configSchema = z.strictObject({ geometry: geometrySchema.optional() });

/** What a `--config` file may say; everything it leaves out has its default. */
export interface Config {
  readonly geometry: Geometry;
}

/**
 * Reads the YAML file, or returns the defaults without one.
 *
 * @throws DtstreamError `config` with file, line, column and rule
 */
export async function loadConfig(path: string | undefined): Promise<Config> {
  if (path === undefined) return { geometry: defaultGeometry };
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DtstreamError('config', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const fault = document.errors[0];
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0]);
    throw new DtstreamError('config', `cannot read ${path}:${line}:${col}: ${fault.message.split('\n')[0] ?? ''}`);
  }
  const parsed = configSchema.safeParse((document.toJS() as unknown) ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const { line, col } = lines.linePos(offsetOf(document, issue?.path ?? []));
    const where = issue?.path.join('.') ?? '';
    throw new DtstreamError('config', `cannot use ${path}:${line}:${col}: ${where}: ${issue?.message ?? 'not valid'}`);
  }
  return { geometry: parsed.data.geometry ?? defaultGeometry };
}

/** Where in the text the value of a path stands, or its nearest parent. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
