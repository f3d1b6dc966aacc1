import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadSubcommands } from '../../src/commands/subcommands.js';
import { parseOptionText, variableName } from '../../src/commands/config/option-text.js';
import { testConsole } from '../helpers/program/test-process.js';

const text = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

/** The part of the Compose specification that the file uses; anything else is a mistake. */
const serviceSchema = z.strictObject({
  image: z.string(),
  restart: z.literal('unless-stopped').optional(),
  profiles: z.array(z.string()).optional(),
  build: z.strictObject({ context: z.literal('.'), dockerfile: z.literal('Containerfile') }).optional(),
  init: z.boolean().optional(),
  tty: z.boolean().optional(),
  stdin_open: z.boolean().optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  command: z.array(z.string()).optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string() })).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  deploy: z.strictObject({ replicas: z.int() }).optional(),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.int() })
    .optional(),
});
const composeSchema = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })),
  volumes: z.record(z.string(), z.null()),
});
const compose = composeSchema.parse(parse(text('compose.yaml'), { merge: true }));

describe('compose.yaml', () => {
  it('has images of one version each, by their own names', () => {
    for (const [name, { image, build }] of Object.entries(compose.services)) {
      if (build !== undefined) assert.equal(image, 'dtstream', name);
      else assert.match(image, /^[a-z0-9-]+\/[a-z0-9-]+:\d+(\.\d+)+$/, name);
    }
    const bases = [...text('Containerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    assert.ok(bases.length === 2 && bases.every((image) => /^node:24\.\d+\.\d+-[a-z-]+$/.test(image)), bases.join(' '));
  });

  it('has the versions that the tests run against', () => {
    const kafka = /current: '([\d.]+)'/.exec(text('scripts/kafka/install.mjs'))?.[1];
    const s3 = /==([\d.]+)/.exec(text('scripts/s3/requirements.txt'))?.[1];
    assert.equal(compose.services.kafka.image, `apache/kafka:${kafka}`);
    assert.equal(compose.services.s3.image, `chrislusf/seaweedfs:${s3}`);
  });

  it('names only volumes, configs and services that there are, and no port of other machines', () => {
    for (const { volumes = [], configs = [], depends_on = {}, ports = [] } of Object.values(compose.services)) {
      for (const volume of volumes) assert.ok(Object.hasOwn(compose.volumes, volume.split(':')[0]), volume);
      for (const { source } of configs) assert.ok(Object.hasOwn(compose.configs, source), source);
      for (const service of Object.keys(depends_on)) {
        assert.ok(compose.services[service].healthcheck !== undefined, service);
      }
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/);
    }
    const filled = compose.configs['s3-users'].content.replace(/\$\{\w+:-([\w-]+)\}/g, '$1');
    assert.doesNotThrow(() => JSON.parse(filled) as unknown);
  });

  it('gives dtstream commands, flags and variables that it takes', async () => {
    for (const [service, { command = [], environment = {}, build }] of Object.entries(compose.services)) {
      if (build === undefined) continue;
      const [name, ...args] = command;
      const [subcommand] = await loadSubcommands(testConsole().console, name);
      assert.equal(subcommand.name(), service === 'live' ? 'watch' : service);
      subcommand.exitOverride().action(() => undefined);
      assert.doesNotThrow(() => subcommand.parse(args, { from: 'user' }));
      for (const [variable, value] of Object.entries(environment)) {
        if (!variable.startsWith('DTSTREAM_')) continue;
        const all = (await loadSubcommands(testConsole().console)).flatMap(({ options }) => options);
        const option = all.find((candidate) => variableName(candidate) === variable);
        assert.ok(option, variable);
        assert.ok('value' in parseOptionText(option, String(value)), `${variable}=${value}`);
      }
    }
    assert.equal(compose.services.process.deploy?.replicas, 3);
  });
});
