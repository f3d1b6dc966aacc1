import { z } from 'zod';
import { defaultGeometry, orbitNsOf } from '../../domain/geometry.js';
import { geometrySchema } from '../../domain/geometry-schema.js';
import { defaultPhysics } from '../../domain/physics-settings.js';
import { physicsSettingsSchema } from '../../domain/physics-settings-schema.js';
import { objectOf } from '../../quality/object-text.js';
import { qualitySettingsSchema } from '../../quality/quality-settings-schema.js';
import { referenceSetsOf } from '../../domain/reference-sets.js';
import { kafkaConfigSchema } from './kafka-section.js';

const text = z.string().min(1);
/** Every form that a flag's value may have; the flag itself decides which of them it accepts. */
const flagValueSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]);
export type FlagValue = z.infer<typeof flagValueSchema>;

/** Contents of a configuration file, section by section. */
export const configSchema = z.strictObject({
  geometry: geometrySchema.optional().describe('chambers, trigger channels and the units of the clock'),
  physics: physicsSettingsSchema.optional().describe('drift times and segments; docs/physics.md says what they are'),
  quality: qualitySettingsSchema.optional().describe('tests and alarms; docs/quality.md says what they are'),
  store: text.optional().describe('folder of the embedded log (--store)'),
  kafka: kafkaConfigSchema.optional().describe('Apache Kafka: brokers, TLS and SASL'),
  s3: z
    .strictObject({
      endpoint: text.optional().describe('address of the S3 server (--s3-endpoint)'),
      region: text.optional().describe('region (--s3-region)'),
      ca: text.optional().describe('PEM file of the trusted certificate authority (--s3-ca)'),
      anonymous: z.boolean().optional().describe('read public buckets without credentials (--s3-anonymous)'),
      requesterPays: z
        .boolean()
        .optional()
        .describe('pay for requests to buckets that charge the reader (--s3-requester-pays)'),
    })
    .optional()
    .describe('S3 input; keys and secrets come from the environment, never from this file'),
  defaults: z
    .record(z.string(), flagValueSchema)
    .optional()
    .describe('defaults of flags, for every command that has them'),
  commands: z
    .record(z.string(), z.record(z.string(), flagValueSchema))
    .optional()
    .describe('defaults of flags for one command; they override those for all commands'),
});
export type ConfigValues = z.infer<typeof configSchema>;

/** The same, with what sections say of one another. */
export const wholeConfigSchema = configSchema.superRefine(({ geometry, physics, quality }, context) => {
  const { chambers, triggers, clock } = geometry ?? defaultGeometry;
  if (physics?.time === 'trigger' && referenceSetsOf({ chambers, triggers }).length === 0) {
    const message = 'no trigger times a chamber: physics.time must be chambers or auto';
    context.addIssue({ code: 'custom', message, path: ['physics', 'time'] });
  }
  if (physics?.time === 'chambers' && chambers.length === 1) {
    const message = 'a chamber is timed by the others, and there is only one: physics.time must be trigger or auto';
    context.addIssue({ code: 'custom', message, path: ['physics', 'time'] });
  }
  const [inTimeFirst, inTimeLast] = physics?.inTimeNs ?? defaultPhysics.inTimeNs;
  if (inTimeLast - inTimeFirst >= orbitNsOf(clock)) {
    const message = `drift times in time must be shorter than an orbit, ${orbitNsOf(clock)} ns`;
    context.addIssue({ code: 'custom', message, path: physics === undefined ? ['geometry'] : ['physics'] });
  }
  quality?.masked.forEach((name, index) => {
    const { chamber, channel } = objectOf(name) ?? {};
    if (chamber === undefined || channel === undefined) return;
    const channels = chambers.at(chamber)?.channels ?? 0;
    if (channel < channels) return;
    const message =
      channels === 0 ? `there is no chamber ${chamber}` : `there is no channel ${channel} of chamber ${chamber}`;
    context.addIssue({ code: 'custom', message, path: ['quality', 'masked', index] });
  });
});

/** Keys that are another way to say a flag's default for all commands. */
export const flagKeys: readonly { readonly path: readonly string[]; readonly flag: string }[] = [
  { path: ['store'], flag: 'store' },
  { path: ['kafka', 'brokers'], flag: 'brokers' },
  { path: ['s3', 'endpoint'], flag: 's3-endpoint' },
  { path: ['s3', 'region'], flag: 's3-region' },
  { path: ['s3', 'ca'], flag: 's3-ca' },
  { path: ['s3', 'anonymous'], flag: 's3-anonymous' },
  { path: ['s3', 'requesterPays'], flag: 's3-requester-pays' },
];
