/** The layers of docs/ARCHITECTURE.md: imports go to the right only. */
const layer = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'a circle hides which part is the base of the other, with an import of types only as well',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'a file nobody imports is dead',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(cli|compute/thread|binary/launch)\\.ts$|\\.d\\.ts$' },
      to: {},
    },
    layer(
      'domain-is-pure',
      'domain does no I/O: only itself, errors and the schema library',
      '^src/domain/',
      '^(src/(?!domain/|errors)|node:|(?:.*node_modules/)(?!zod))',
    ),
    {
      name: 'domain-no-core',
      comment: 'domain reads no clock, file or socket',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['core'] },
    },
    layer(
      'compute-is-a-peer',
      'the four peers meet in the pipeline only',
      '^src/compute/',
      '^src/(cli|commands|experiment|pipeline|sources|transport|results|tui)',
    ),
    layer(
      'sources-is-a-peer',
      'the four peers meet in the pipeline only',
      '^src/sources/',
      '^src/(cli|commands|experiment|pipeline|compute|transport|results|tui)',
    ),
    layer(
      'transport-is-a-peer',
      'the four peers meet in the pipeline only',
      '^src/transport/',
      '^src/(cli|commands|experiment|pipeline|compute|sources|results|tui)',
    ),
    layer(
      'tui-is-a-peer',
      'the four peers meet in the pipeline only',
      '^src/tui/',
      '^src/(cli|commands|experiment|pipeline|compute|sources|transport)',
    ),
    layer(
      'pipeline-below-commands',
      'commands compose the pipeline, not the other way round',
      '^src/pipeline/',
      '^src/(cli|commands|experiment|results|tui)',
    ),
    layer(
      'results-below-tui',
      'sums of messages are the same wherever they are shown: no clock, file, socket or screen',
      '^src/results/',
      '^(src/(?!results/|domain/|errors)|node:)',
    ),
    layer(
      'experiment-below-commands',
      'what an experiment says does not depend on how it is made',
      '^src/experiment/',
      '^src/(cli|commands|results|tui)',
    ),
    layer(
      'only-pool-uses-piscina',
      'one place knows the thread pool',
      '^src/(?!compute/pool\\.ts)',
      'node_modules/piscina',
    ),
    layer('only-embedded-uses-lmdb', 'one folder knows the store', '^src/(?!transport/embedded/)', 'node_modules/lmdb'),
    layer(
      'only-kafka-uses-kafkajs',
      'one folder knows the broker client',
      '^src/(?!transport/kafka/)',
      'node_modules/kafkajs',
    ),
    layer(
      'only-kafka-packs-records',
      'one file knows the codecs of record batches',
      '^src/(?!transport/kafka/wire/codecs\\.ts)',
      'node_modules/(snappy|lz4-napi)',
    ),
    layer(
      'only-codecs-unpack-zstandard',
      'one file in each layer that unpacks Zstandard knows its package',
      '^src/(?!transport/kafka/wire/(codecs|zstd-heap)\\.ts|sources/packed/zstd-decoder\\.ts)',
      'node_modules/@hpcc-js',
    ),
    layer(
      'only-parquet-uses-hyparquet',
      'one folder reads Parquet, one file writes it',
      '^src/(?!sources/parquet/|pipeline/convert/parquet-target\\.ts)',
      'node_modules/hyparquet',
    ),
    layer(
      'only-s3-uses-the-aws-sdk',
      'one folder knows the S3 client',
      '^src/(?!sources/s3/)',
      'node_modules/(@aws-sdk|@smithy)',
    ),
    {
      name: 'aws-sdk-loads-late',
      comment: 'it takes a tenth of a second and 20 MB: only who names an s3:// input pays for that',
      severity: 'error',
      from: { path: '^src/(?!sources/s3/)' },
      to: {
        path: '^src/sources/s3/',
        pathNot: '^src/sources/s3/s3-location\\.ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    layer(
      'only-metrics-use-prom-client',
      'the pipeline says numbers to an interface; one folder knows the format',
      '^src/(?!commands/metrics/)',
      'node_modules/prom-client',
    ),
    layer('only-tui-uses-blessed', 'one folder knows the screen', '^src/(?!tui/)', 'node_modules/blessed'),
    layer('src-not-from-tests', 'the product never needs a test', '^src/', '^(test|benchmarks)/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
