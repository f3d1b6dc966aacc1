import { InvalidArgumentError } from 'commander';

/** Where the live page is served. */
export interface HttpAddress {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
}

/** Only programs of this machine reach it. */
const loopback = '127.0.0.1';
const portMax = 65_535;

/** Parses `8080`, `:8080`, `0.0.0.0:8080`, `[::]:8080`. */
export function httpAddress(text: string): HttpAddress {
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > portMax) {
    throw new InvalidArgumentError('must be PORT or HOST:PORT, such as 8080 or 0.0.0.0:8080.');
  }
  const host = bracketed ?? plain ?? '';
  return { host: host === '' ? loopback : host, port };
}
