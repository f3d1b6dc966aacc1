import { z } from 'zod';
import { saslMechanisms } from '../transport/kafka/kafka-options.js';

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
      mechanism: z.enum(saslMechanisms),
      username: z.string().optional(),
      passwordFile: z.string().optional(),
    })
    .optional(),
});
export type KafkaConfig = z.infer<typeof kafkaConfigSchema>;
