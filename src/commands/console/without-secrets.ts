/** Takes the place of a secret. */
export const secretMask = '********';

/** Flags whose value is an address, or several, and may hold a user and a password. */
const addressFlags: readonly string[] = ['brokers', 's3-endpoint'];

/** A user, and perhaps a password, in a URL. */
const inUrl = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi;
/** The same without a scheme, or with a broken one. */
const userAndPassword = /[^\s/@:='"]+:[^\s@'"]*@/g;

/** The beginning of a URL that is already masked. */
const masked = /^[a-z][a-z0-9+.-]*:\/\/\*+@$/i;

/** Text without the user and the password of the URLs in it: `cannot read https://********@host/run.csv`. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(inUrl, `$1${secretMask}@`);
}

/**
 * A given address without user and password, in any notation: everything before the last `@` is masked, except the
 * scheme.
 */
export function maskedAddress(text: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(text) ?? [];
  const host = rest.replace(/^.*(?:@|%40)/is, '');
  return host.length === rest.length ? text : `${scheme}${secretMask}@${host}`;
}

/** A value of a flag as it may be shown; also one that belongs to another flag, as a password in the wrong place. */
export function maskedValue(flag: string, text: string): string {
  return addressFlags.includes(flag) ? maskedAddress(text) : maskedText(text);
}

/** The words of a command line as they may be shown. */
export function maskedText(text: string): string {
  return withoutSecrets(text).replaceAll(userAndPassword, (found) => (masked.test(found) ? found : `${secretMask}@`));
}
