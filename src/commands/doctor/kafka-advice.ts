import type { DtstreamError } from '../../errors.js';
import { connectionTrouble, errorType, tlsTroubleIn } from '../../transport/kafka/client/kafka-error.js';
import { refusedTypes } from '../../transport/kafka/client/error-reasons.js';
import type { Trouble } from '../../transport/kafka/client/connection-trouble.js';
import type { TlsTrouble } from '../../transport/kafka/client/tls-trouble.js';

const connectionAdvice: Readonly<Record<Trouble, string>> = {
  refused: 'start the broker, or correct --brokers, port and firewall',
  host: 'correct the name in --brokers, or the name service',
  route: 'correct --brokers, or the network',
  timeout: 'look at the firewall, at advertised.listeners, and whether the broker works at all',
  closed: 'look at the log of the broker, and turn on what the listener wants: DTSTREAM_KAFKA_TLS, DTSTREAM_KAFKA_SASL',
};
const tlsAdvice: Readonly<Record<TlsTrouble, string>> = {
  expired: 'give the broker a certificate that is valid',
  'not-yet-valid': 'set the clock here, or give the broker a certificate that is valid',
  'other-host': 'use the name that is in the certificate (--brokers, advertised.listeners), or put this one into it',
  'unknown-authority': 'name the authority of the brokers with DTSTREAM_KAFKA_CA (or kafka.tls.ca)',
  'own-missing': 'name a certificate and its key with DTSTREAM_KAFKA_CERT and _KEY (or kafka.tls.cert, .key)',
  'own-refused':
    'name a certificate that the brokers accept with DTSTREAM_KAFKA_CERT and _KEY (or kafka.tls.cert, .key)',
  'not-tls': 'leave TLS out (DTSTREAM_KAFKA_TLS, _CA, or kafka.tls), or name the port that has it',
  'no-version': 'look at ssl.enabled.protocols and ssl.client.auth of the broker',
  other: 'see TLS failed in docs/errors.md',
};
const userAdvice = 'correct DTSTREAM_KAFKA_USER, DTSTREAM_KAFKA_PASSWORD (or kafka.sasl in the configuration)';
const otherAdvice = 'set what the message names; see docs/errors.md';

/** What to do about brokers that cannot be reached or refuse us, by the cause of the failure. */
export function adviceFor(failure: DtstreamError): string {
  const { cause } = failure;
  const tls = tlsTroubleIn(cause);
  if (tls !== undefined) return tlsAdvice[tls];
  const trouble = connectionTrouble(cause);
  if (trouble !== undefined) return connectionAdvice[trouble];
  const type = errorType(cause) ?? '';
  if (type === 'ILLEGAL_SASL_STATE') return 'leave the user out (DTSTREAM_KAFKA_SASL), or name the port that takes one';
  if (type === 'UNSUPPORTED_SASL_MECHANISM') return 'correct DTSTREAM_KAFKA_SASL (or kafka.sasl.mechanism)';
  return refusedTypes.has(type) ? userAdvice : otherAdvice;
}
