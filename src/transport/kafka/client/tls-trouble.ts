/** Why TLS failed, as a closed set. */
export type TlsTrouble =
  | 'expired'
  | 'not-yet-valid'
  | 'other-host'
  | 'unknown-authority'
  | 'own-missing'
  | 'own-refused'
  | 'not-tls'
  | 'no-version'
  | 'other';

/** Codes of node and OpenSSL. An alert is what the broker says of us. */
const codes: Readonly<Record<string, TlsTrouble>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-host',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-authority',
  CERT_SIGNATURE_FAILURE: 'unknown-authority',
  CERT_UNTRUSTED: 'unknown-authority',
  INVALID_CA: 'unknown-authority',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'own-missing',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'own-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'own-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'own-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'own-refused',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'own-refused',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'own-refused',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'own-refused',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ERR_SSL_HTTP_REQUEST: 'not-tls',
  ERR_SSL_UNKNOWN_PROTOCOL: 'not-tls',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'no-version',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'no-version',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'no-version',
};
/** OpenSSL's further error names for a certificate chain. */
const chainCodes: ReadonlySet<string> = new Set([
  'CERT_REVOKED',
  'CERT_REJECTED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
]);

/** Why TLS failed, by the code of the error; undefined where it is no failure of TLS. */
export function tlsTroubleOf(code: string | undefined): TlsTrouble | undefined {
  if (code === undefined) return undefined;
  return codes[code] ?? (/^ERR_(SSL|TLS|OSSL)_/.test(code) || chainCodes.has(code) ? 'other' : undefined);
}

/** The problem and, if there is a single remedy, the remedy. */
export const tlsWords: Readonly<Record<TlsTrouble, string>> = {
  expired: 'TLS failed, the certificate of the broker has expired',
  'not-yet-valid': 'TLS failed, the certificate of the broker is not valid yet (is the clock right?)',
  'other-host': 'TLS failed, the certificate of the broker is for another host',
  'unknown-authority': 'TLS failed, the authority of the certificate is not trusted (name it with DTSTREAM_KAFKA_CA)',
  'own-missing': 'TLS failed, the broker requires a client certificate (DTSTREAM_KAFKA_CERT and _KEY)',
  'own-refused': 'TLS failed, the broker requires a valid client certificate (DTSTREAM_KAFKA_CERT and _KEY)',
  'not-tls': 'TLS failed, the listener takes no TLS; turn it off, or name another port',
  'no-version':
    'TLS failed, the broker has no TLS version or cipher in common with dtstream, or requires a client certificate',
  other: 'TLS failed',
};
