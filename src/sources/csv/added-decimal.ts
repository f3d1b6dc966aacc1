/** Number of decimals of a result; a smaller remainder shows as a final `1`. */
const decimalsMax = 40;

/**
 * A decimal number below 2^53 with a whole number added, as text: exact up to 40 decimals, and never taken for a whole
 * number where it is none.
 *
 * @param text `[+-]digits[.digits][e[+-]digits]`, blanks around it allowed
 */
export function addedDecimal(text: string, offset: number): string {
  const [, sign = '', before = '0', behind = '', exponent = '0'] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text.trim()) ?? [];
  const digits = before + behind;
  const point = before.length + Math.max(-digits.length - decimalsMax, Number(exponent));
  const whole = digits.slice(0, Math.max(0, point)).padEnd(Math.max(0, point), '0');
  const decimals = point < 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const isCut = /[1-9]/.test(decimals.slice(decimalsMax));
  const shown = `${decimals.slice(0, decimalsMax).padEnd(decimalsMax, '0')}${isCut ? 1 : 0}`;
  const unit = 10n ** BigInt(shown.length);
  const size = BigInt(whole + shown);
  const sum = (sign === '-' ? -size : size) + BigInt(offset) * unit;
  const sumDigits = String(sum < 0n ? -sum : sum).padStart(shown.length + 1, '0');
  const sumDecimals = sumDigits.slice(-shown.length).replace(/0+$/, '');
  return `${sum < 0n ? '-' : ''}${sumDigits.slice(0, -shown.length)}${sumDecimals === '' ? '' : `.${sumDecimals}`}`;
}
