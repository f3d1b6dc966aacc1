import type { DtstreamError } from '../../errors.js';
import { connectionTrouble, errorType, tlsTroubleIn } from '../../transport/kafka/client/kafka-error.js';
import { refusedTypes } from '../../transport/kafka/client/error-reasons.js';
import type { Trouble } from '../../transport/kafka/client/connection-trouble.js';
import type { TlsTrouble } from '../../transport/kafka/client/tls-trouble.js';

const connectionAdvice: Readonly<Record<Trouble, string>> = {
  refused: 'start the broker, or correct --brokers, port and firewall',
  host: 'correct the name in --brokers, or the name service',
  route: 'correct --brokers, or the network',
  timeout: 'check the firewall, advertised.listeners, and whether the broker runs',
  closed: 'check the log of the broker, and set what the listener requires: DTSTREAM_KAFKA_TLS, DTSTREAM_KAFKA_SASL',
};
const tlsAdvice: Readonly<Record<TlsTrouble, string>> = {
  expired: 'give the broker a valid certificate',
  'not-yet-valid': 'set the clock of this machine, or give the broker a valid certificate',
  'other-host':
    'use the name in the certificate (--brokers, advertised.listeners), or add this name to the certificate',
  'unknown-authority': 'name the certificate authority of the brokers with DTSTREAM_KAFKA_CA (or kafka.tls.ca)',
  'own-missing': 'name a certificate and its key with DTSTREAM_KAFKA_CERT and _KEY (or kafka.tls.cert, .key)',
  'own-refused':
    'name a certificate that the brokers accept with DTSTREAM_KAFKA_CERT and _KEY (or kafka.tls.cert, .key)',
  'not-tls': 'turn TLS off (DTSTREAM_KAFKA_TLS, _CA, or kafka.tls), or name the port with TLS',
  'no-version': 'check ssl.enabled.protocols and ssl.client.auth of the broker',
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
  if (type === 'ILLEGAL_SASL_STATE') return 'remove the user (DTSTREAM_KAFKA_SASL), or name the port that accepts one';
  if (type === 'UNSUPPORTED_SASL_MECHANISM') return 'correct DTSTREAM_KAFKA_SASL (or kafka.sasl.mechanism)';
  return refusedTypes.has(type) ? userAdvice : otherAdvice;
}
