import plain from 'kafkajs/src/broker/saslAuthenticator/plain.js';
import scram256 from 'kafkajs/src/broker/saslAuthenticator/scram256.js';
import scram512 from 'kafkajs/src/broker/saslAuthenticator/scram512.js';
import type { SaslAuthenticator, SaslConnection } from 'kafkajs/src/broker/saslAuthenticator/plain.js';
import type { KafkaSecurity } from './kafka-options.js';

const providers = { plain, 'scram-sha-256': scram256, 'scram-sha-512': scram512 } as const;

/**
 * User and password as the connections of kafkajs take them. kafkajs makes a refused password of every failure of the
 * exchange, also of a broker that dies meanwhile; here each is thrown as what it was.
 */
export function saslExchange(sasl: NonNullable<KafkaSecurity['sasl']>): object {
  return {
    ...sasl,
    authenticationProvider: (connection: SaslConnection): SaslAuthenticator => {
      let failure: { readonly error: unknown } | undefined;
      const exchange = providers[sasl.mechanism](sasl)({
        ...connection,
        saslAuthenticate: async (request) => {
          try {
            return await connection.saslAuthenticate(request);
          } catch (error) {
            failure = { error };
            throw error;
          }
        },
      });
      return {
        authenticate: async () => {
          try {
            await exchange.authenticate();
          } catch (error) {
            throw failure === undefined ? error : failure.error;
          }
        },
      };
    },
  };
}
