import { expandInputs } from '../../sources/expand-inputs.js';
import { namesS3 } from '../../sources/input-scheme.js';
import type { S3Options } from '../../sources/s3/s3-client.js';
import { type Finding, guarded, ok, sizeText, warn } from './finding.js';

/** Checks that the named inputs can be listed. S3 is checked if an input is there, or an endpoint is set. */
export async function checkInputs(inputs: readonly string[], s3: S3Options): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const input of inputs) findings.push(...(await checkInput(input, s3)));
  if (s3.endpoint !== undefined && !inputs.some(namesS3)) {
    const text = `${s3.endpoint} is configured, but no bucket was named to check`;
    findings.push(warn('s3', text, 'name one: dtstream doctor s3://BUCKET/PREFIX'));
  }
  return findings;
}

function checkInput(input: string, s3: S3Options): Promise<readonly Finding[]> {
  const check = namesS3(input) ? 's3' : 'input';
  return guarded(check, adviceFor, async () => {
    const warnings: Finding[] = [];
    const take = ({ message }: { readonly message: string }): void => {
      warnings.push(warn(check, message, 'see docs/inputs.md'));
    };
    const files = await expandInputs([input], { s3, warn: take });
    const bytes = files.reduce((sum, { bytesTotal = 0 }) => sum + bytesTotal, 0);
    const count = files.length === 1 ? '1 file' : `${files.length} files`;
    return [ok(check, `${input}: ${count}, ${sizeText(bytes)}`), ...warnings];
  });
}

function adviceFor(message: string): string {
  if (/certificate|TLS/i.test(message)) return 'name the certificate authority of the server with --s3-ca';
  if (/key|signature|credential|permission|denied/i.test(message)) {
    return 'correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or the profile), or let this user list and read the bucket';
  }
  if (/connection|answer|host/i.test(message)) return 'correct --s3-endpoint, or start the server';
  return 'correct the input; docs/inputs.md lists the formats that dtstream reads';
}
