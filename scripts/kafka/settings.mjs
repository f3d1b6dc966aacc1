// Settings of the broker for tests, and what its TLS and SASL need.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of no worth beyond the test broker. */
export const testUser = { username: 'dtstream', password: 'test-secret' };
const storePassword = 'test-store';
const clusterId = 'ZHRzdHJlYW0tdGVzdHMtMQ';

/**
 * @param {{ dir: string, host: string, id: number, port: number, controllerPorts: readonly number[], security: string,
 *   listeners: readonly { name: string, protocol: string, port: number, advertisedPort?: number }[],
 *   ownSettings: Record<string, string | number> }} node controllerPorts: of all nodes, by id from 1; listeners: those
 *   beside the one at `port`
 */
export function brokerSettings({ dir, host, id, port, controllerPorts, security, listeners, ownSettings }) {
  const isSecure = security !== 'none';
  const all = [{ name: 'CLIENT', protocol: isSecure ? 'SASL_SSL' : 'PLAINTEXT', port }, ...listeners];
  const places = (portOf) => all.map((listener) => `${listener.name}://${host}:${portOf(listener)}`).join(',');
  const copies = Math.min(3, controllerPorts.length);
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': controllerPorts.map((own, index) => `${index + 1}@127.0.0.1:${own}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: `${places((listener) => listener.port)},CONTROLLER://127.0.0.1:${controllerPorts[id - 1]}`,
    'advertised.listeners': places((listener) => listener.advertisedPort ?? listener.port),
    'inter.broker.listener.name': 'CLIENT',
    'listener.security.protocol.map': `${all.map(({ name, protocol }) => `${name}:${protocol}`).join(',')},CONTROLLER:PLAINTEXT`,
    'log.dirs': join(dir, 'data'),
    'num.partitions': 1,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': Math.min(2, copies),
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': 1,
    // Tests start many groups with one member.
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'num.network.threads': 2,
    'num.io.threads': 3,
    'log.cleaner.enable': false,
    'controlled.shutdown.enable': false,
  };
  if (isSecure) {
    const admin = 'org.apache.kafka.common.security';
    Object.assign(lines, {
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
      'ssl.keystore.location': join(dir, 'broker.p12'),
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.password': storePassword,
      'ssl.truststore.location': join(dir, 'trust.p12'),
      'ssl.truststore.type': 'PKCS12',
      'ssl.truststore.password': storePassword,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': `User:${testUser.username};User:ANONYMOUS`,
    });
    const user = `username="${testUser.username}" password="${testUser.password}"`;
    const users = `user_${testUser.username}="${testUser.password}" user_guest="guest-secret"`;
    for (const { name } of all.filter(({ protocol }) => protocol.startsWith('SASL'))) {
      const listener = `listener.name.${name.toLowerCase()}`;
      Object.assign(lines, {
        [`${listener}.scram-sha-512.sasl.jaas.config`]: `${admin}.scram.ScramLoginModule required ${user};`,
        [`${listener}.scram-sha-256.sasl.jaas.config`]: `${admin}.scram.ScramLoginModule required;`,
        [`${listener}.plain.sasl.jaas.config`]: `${admin}.plain.PlainLoginModule required ${users};`,
      });
    }
  }
  return Object.entries({ ...lines, ...ownSettings })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

export function formatArguments({ settings, security }) {
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${testUser.username},password=${testUser.password}]`,
  ]);
  return ['format', '-t', clusterId, '-c', settings, ...(security === 'none' ? [] : scram)];
}

/** A certificate authority, a broker certificate for loopback, and the stores of both. Returns the authority as PEM. */
export function createCertificates(dir) {
  const keytool = (...args) =>
    execFileSync('keytool', [...args, '-storepass', storePassword, '-storetype', 'PKCS12', '-noprompt'], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const key = ['-keyalg', 'EC', '-validity', '2'];
  keytool('-genkeypair', '-alias', 'ca', '-dname', 'CN=dtstream tests', '-ext', 'bc:c', ...key, '-keystore', 'ca.p12');
  keytool('-exportcert', '-rfc', '-alias', 'ca', '-file', 'ca.pem', '-keystore', 'ca.p12');
  const name = ['-ext', 'san=ip:127.0.0.1,dns:localhost'];
  keytool('-genkeypair', '-alias', 'broker', '-dname', 'CN=localhost', ...name, ...key, '-keystore', 'broker.p12');
  keytool('-certreq', '-alias', 'broker', '-file', 'broker.csr', '-keystore', 'broker.p12');
  keytool(
    '-gencert',
    '-alias',
    'ca',
    ...name,
    '-infile',
    'broker.csr',
    '-outfile',
    'broker.pem',
    '-rfc',
    '-keystore',
    'ca.p12',
  );
  keytool('-importcert', '-alias', 'ca', '-file', 'ca.pem', '-keystore', 'broker.p12');
  keytool('-importcert', '-alias', 'broker', '-file', 'broker.pem', '-keystore', 'broker.p12');
  keytool('-importcert', '-alias', 'ca', '-file', 'ca.pem', '-keystore', 'trust.p12');
  return readFileSync(join(dir, 'ca.pem'), 'utf8');
}
