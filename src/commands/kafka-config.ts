import { z } from 'zod';

/** The `kafka` part of a configuration file: paths are of PEM files, a password is in a file of its own. */
export const kafkaConfigSchema = z.strictObject({
  tls: z
    .union([
      z.boolean(),
      z.strictObject({ ca: z.string().optional(), cert: z.string().optional(), key: z.string().optional() }),
    ])
    .optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().optional(),
      passwordFile: z.string().optional(),
    })
    .optional(),
});
export type KafkaConfig = z.infer<typeof kafkaConfigSchema>;
