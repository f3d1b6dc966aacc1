import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const sparkRequirements = 'benchmarks/peers/spark/requirements.txt';
const librdkafkaRequirements = 'benchmarks/peers/librdkafka-requirements.txt';
/** What the first system found best, at both ends. */
const shufflePartitions = [5, 10];

/** Another program that computes the totals of a topic. */
export interface TopicPeer {
  readonly name: string;
  readonly command: (place: { readonly brokers: string; readonly topic: string }) => readonly string[];
}

/** Peers that can run here, and in words why others cannot. */
export interface TopicPeers {
  readonly peers: readonly TopicPeer[];
  /** Spark as a stream of batches of so many rows; absent where there is no Spark. */
  readonly sparkStream?: (rowsPerBatch: number) => TopicPeer;
  readonly missing: readonly string[];
}

/** Installs the peers below `folder`, each in an environment of its own, when they are not there. */
export function installTopicPeers(folder: string): TopicPeers {
  const missing: string[] = [];
  const librdkafka = environment(join(folder, 'librdkafka-venv'), 'python3', librdkafkaRequirements);
  const peers: TopicPeer[] = [
    {
      name: 'librdkafka and NumPy',
      command: ({ brokers, topic }) => [librdkafka, 'benchmarks/peers/librdkafka_topic.py', brokers, topic],
    },
  ];
  const python = pythons().find(isForSpark);
  if (python === undefined) {
    missing.push('Spark 3.3.2: it needs Python 3.7 to 3.10, and none was found');
    return { peers, missing };
  }
  const java = javaVersion();
  if (java === undefined || ![8, 11, 17].includes(java)) {
    missing.push(`Spark 3.3.2: it needs Java 8, 11 or 17, got ${java ?? 'none'}`);
    return { peers, missing };
  }
  const spark = environment(join(folder, 'spark-venv'), python, sparkRequirements);
  const jars = sparkJars(join(folder, 'spark-jars'));
  const command = (partitions: number, more: readonly string[]): TopicPeer['command'] => {
    return ({ brokers, topic }) =>
      // Its workers must be the same Python.
      [
        'env',
        `PYSPARK_PYTHON=${spark}`,
        spark,
        'benchmarks/peers/spark_topic.py',
        brokers,
        topic,
        jars,
        String(partitions),
        ...more,
      ];
  };
  for (const partitions of shufflePartitions) {
    peers.push({ name: `Spark, ${partitions} shuffle partitions`, command: command(partitions, []) });
  }
  const sparkStream = (rows: number): TopicPeer => ({
    name: `Spark, a stream of batches of ${rows.toLocaleString('en-US')} rows`,
    command: command(shufflePartitions[0], [String(rows)]),
  });
  return { peers, sparkStream, missing };
}

/** `pyspark 3.3.2, confluent-kafka …` */
export function topicPeerVersions(): string {
  return [sparkRequirements, librdkafkaRequirements]
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'))
    .map((line) => line.replace('==', ' '))
    .join(', ');
}

/** The Python of an environment with what a file lists. */
function environment(folder: string, python: string, requirements: string): string {
  const own = join(process.cwd(), folder, 'bin', 'python');
  const installed = join(folder, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
    const options: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };
    execFileSync(python, ['-m', 'venv', folder], options);
    execFileSync(own, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], options);
    writeFileSync(installed, wanted);
  }
  return own;
}

/** Folder of Spark's Kafka connector and what it needs. */
function sparkJars(folder: string): string {
  const own = join(process.cwd(), folder);
  const pom = 'benchmarks/peers/spark/pom.xml';
  const args = [
    '-q',
    '-B',
    '-f',
    pom,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${own}`,
    '-DincludeScope=runtime',
  ];
  if (!existsSync(own)) execFileSync('mvn', args, { stdio: ['ignore', 2, 2] });
  return own;
}

/** Pythons that may be here: on the path, or where pyenv keeps several. */
function pythons(): string[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const kept = existsSync(versions) ? readdirSync(versions).sort().reverse() : [];
  const named = ['python3.10', 'python3.9', 'python3.8', 'python3.7', 'python3'];
  return [...named, ...kept.map((version) => join(versions, version, 'bin', 'python'))];
}

/** Whether PySpark 3.3.2 runs on it: 3.7 to 3.10. */
function isForSpark(python: string): boolean {
  const [major, minor] = (outputOf(python, ['-c', 'import sys; print(*sys.version_info[:2])']) ?? '')
    .split(' ')
    .map(Number);
  return major === 3 && minor >= 7 && minor <= 10;
}

/** 17 of `openjdk 17.0.15`, 8 of `openjdk 1.8`. */
function javaVersion(): number | undefined {
  const text = outputOf('java', ['--version']) ?? '';
  const [, major, minor] = /(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  if (major === undefined) return undefined;
  return major === '1' ? Number(minor) : Number(major);
}

function outputOf(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}
