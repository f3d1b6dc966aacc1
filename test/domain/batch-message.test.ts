import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { batchMessageSchema, summarySchema } from '../../src/domain/batch-message.js';
import { messageSchemaVersion } from '../../src/domain/message-version.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { SummarySum } from '../../src/domain/summary.js';
import { directMessages, directPool, memorySource } from '../helpers/program/direct.js';
import { assertMessageLaws } from '../helpers/assert/message-laws.js';
import { parseMessage, parseSummary, wireSchemaUrl } from '../helpers/assert/wire-schema.js';

const page = readFileSync(new URL('./wire-format.md', wireSchemaUrl), 'utf8');

/** The JSON Schema that docs/wire-format.schema.json must hold. */
function wireSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:dtstream:wire-format:${messageSchemaVersion}`,
    title: 'A message of data_clean; #/$defs/summary is the output of dtstream process --summary',
    $ref: '#/$defs/message',
    $defs: { message: definitionOf(batchMessageSchema), summary: definitionOf(summarySchema) },
  };
}

function definitionOf(schema: z.ZodType): object {
  const definition = z.toJSONSchema(schema, {
    // The form that readers must take: further keys are allowed.
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.prefixItems !== undefined) {
        Object.assign(jsonSchema, { minItems: jsonSchema.prefixItems.length, items: false });
      }
    },
  });
  delete definition.$schema;
  return definition;
}

/** Every key of a JSON Schema's objects. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own =
    'properties' in schema && typeof schema.properties === 'object' ? Object.keys(schema.properties ?? {}) : [];
  return [...own, ...Object.values(schema).flatMap(keysOf)];
}

/** The first fenced block of a language on the page. */
function block(language: string): string {
  const text = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1];
  assert.ok(text !== undefined, `docs/wire-format.md has a block of ${language}`);
  return text;
}

/** The messages of the page's example input, as if all happened at one time. */
async function exampleMessages(): Promise<unknown[]> {
  const pool = directPool();
  const now = (): number => Date.parse('2026-01-31T12:00:00.000Z');
  const input = memorySource(Buffer.from(block('csv')), 'csv');
  const messages = await directMessages([input], pool, { producer: 'dtstream/0', now }).finally(() => pool.close());
  assertMessageLaws(messages);
  return messages;
}

describe('docs/wire-format.schema.json', () => {
  it('is what the code says (UPDATE_GOLDEN=1 rewrites it, npm run format lays it out)', () => {
    if (process.env.UPDATE_GOLDEN === '1') {
      writeFileSync(wireSchemaUrl, `${JSON.stringify(wireSchema(), null, 2)}\n`);
      return;
    }
    assert.deepEqual(JSON.parse(readFileSync(wireSchemaUrl, 'utf8')), wireSchema());
  });

  it('takes the example of the page, also with keys that it does not know', () => {
    const example = JSON.parse(block('json')) as object;
    parseMessage(JSON.stringify(example));
    parseMessage(JSON.stringify({ ...example, schema: 2, tomorrow: { key: [1] } }));
  });

  it('refuses a message that lacks a key or has another kind of value in it', () => {
    const example = JSON.parse(block('json')) as Record<string, unknown>;
    const newKeys = ['chambers', 'channel_hits_chamber'];
    for (const key of Object.keys(example)) {
      const rest = Object.fromEntries(Object.entries(example).filter(([name]) => name !== key));
      if (newKeys.includes(key)) parseMessage(JSON.stringify(rest));
      else assert.throws(() => parseMessage(JSON.stringify(rest)), assert.AssertionError, `without ${key}`);
      assert.throws(() => parseMessage(JSON.stringify({ ...rest, [key]: -1 })), assert.AssertionError, key);
    }
    const input = { 0: [0, 1, 2] };
    assert.throws(() => parseMessage(JSON.stringify({ ...example, input })), assert.AssertionError);
  });

  it('takes the summary of nothing at all', () => {
    assert.deepEqual(parseSummary(JSON.stringify(new SummarySum(4).summary)).hit_count_chamber, [0, 0, 0, 0]);
  });
});

describe('docs/wire-format.md', () => {
  it('names every key', () => {
    const missing = [...new Set(keysOf(wireSchema()))].filter((key) => !page.includes(`\`${key}\``));
    assert.deepEqual(missing, []);
  });

  it('shows the message that its example input really gives', async () => {
    assert.equal(defaultGeometry.chambers.length, 4);
    assert.deepEqual([JSON.parse(block('json'))], JSON.parse(JSON.stringify(await exampleMessages())));
  });
});
