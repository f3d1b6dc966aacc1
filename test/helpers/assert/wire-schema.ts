import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { BatchMessage, Summary } from '../../../src/domain/batch-message.js';

/** docs/wire-format.schema.json of the sources. */
export const wireSchemaUrl = new URL('../../../../docs/wire-format.schema.json', import.meta.url);

const ajv = new Ajv2020({ allErrors: true });
const schema = JSON.parse(readFileSync(wireSchemaUrl, 'utf8')) as { readonly $id: string; readonly $ref: string };
const isMessage = ajv.compile<BatchMessage>(schema);
const isSummary = ajv.compile<Summary>({ $ref: `${schema.$id}#/$defs/summary` });

/** A message of `data_clean` from its JSON. Throws AssertionError where it is not as the published schema says. */
export function parseMessage(json: string): BatchMessage {
  const value: unknown = JSON.parse(json);
  assert.ok(isMessage(value), ajv.errorsText(isMessage.errors));
  return value;
}

/** A `--summary` from its JSON. Throws AssertionError where it is not as the published schema says. */
export function parseSummary(json: string): Summary {
  const value: unknown = JSON.parse(json);
  assert.ok(isSummary(value), ajv.errorsText(isSummary.errors));
  return value;
}
