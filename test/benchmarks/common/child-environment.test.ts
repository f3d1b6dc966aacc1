import assert from 'node:assert/strict';
import { it } from 'node:test';
import { childEnvironment } from '../../../benchmarks/common/child-environment.js';

it('programs that are measured get no certificates to read and no settings of the user', () => {
  const environment = { PATH: '/bin', NODE_EXTRA_CA_CERTS: 'ca.pem', DTSTREAM_CONFIG: 'mine.yaml' };
  assert.deepEqual(childEnvironment(environment), { PATH: '/bin' });
});
