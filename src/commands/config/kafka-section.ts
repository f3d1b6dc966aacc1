import { z } from 'zod';
import { saslMechanisms } from '../../transport/kafka/client/kafka-options.js';

/** The `kafka` part of a configuration file: paths are of PEM files, a password is in a file of its own. */
export const kafkaConfigSchema = z.strictObject({
  brokers: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe('host:port of one or more brokers (--brokers)'),
  tls: z
    .union([
      z.boolean(),
      z.strictObject({ ca: z.string().optional(), cert: z.string().optional(), key: z.string().optional() }),
    ])
    .optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(saslMechanisms),
      username: z.string().optional(),
      passwordFile: z.string().optional(),
    })
    .optional(),
});
export type KafkaConfig = z.infer<typeof kafkaConfigSchema>;
