declare module 'parse-prometheus-text-format' {
  // eslint-disable-next-line no-restricted-syntax -- the module is CommonJS and exports just this
  export default function parsePrometheus(text: string): unknown;
}
