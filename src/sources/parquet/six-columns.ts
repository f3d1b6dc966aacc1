import { type FileMetaData, parquetSchema, type SchemaTree } from 'hyparquet';
import { type HitField, hitFields } from '../../domain/hit.js';

const numbers: readonly unknown[] = ['INT32', 'INT64', 'FLOAT', 'DOUBLE'];
const kinds: readonly unknown[] = [
  undefined,
  'DECIMAL',
  'INT_8',
  'INT_16',
  'INT_32',
  'INT_64',
  'UINT_8',
  'UINT_16',
  'UINT_32',
  'UINT_64',
];

/** Where a column is in the schema: the root, and the column itself. */
export type ColumnPath = readonly [SchemaTree, SchemaTree];

/**
 * The six columns of a file, in the order of `hitFields`; the case of names does not matter.
 *
 * @throws Error when a column is missing, there twice or not of numbers
 */
export function sixColumnsOf(metadata: FileMetaData): readonly ColumnPath[] {
  const root = parquetSchema(metadata);
  const { children } = root;
  const missing = hitFields.filter((field) => named(children, field).length === 0);
  if (missing.length > 0)
    throw new Error(`the columns must include ${hitFields.join(', ')}; missing: ${missing.join(', ')}`);
  return hitFields.map((field) => {
    const [column, ...others] = named(children, field);
    if (others.length > 0) throw new Error(`the column ${field} must be there once, got ${others.length + 1}`);
    const { type, converted_type: kind, repetition_type: repetition } = column.element;
    const isNumber = column.children.length === 0 && numbers.includes(type) && kinds.includes(kind);
    if (isNumber && repetition !== 'REPEATED') return [root, column];
    throw new Error(`the column ${field} must be of numbers, got ${kind ?? type ?? 'a group of columns'}`);
  });
}

function named(columns: readonly SchemaTree[], field: HitField): readonly SchemaTree[] {
  return columns.filter(({ element }) => element.name.trim().toUpperCase() === field);
}
