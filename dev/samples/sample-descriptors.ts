const samples = new URL('../../config/samples/', import.meta.url);

/** The sample descriptors that contain a chart of config/samples/charts. */
export const sampleDescriptors = [
  {
    file: new URL('descriptors/substrate-node-helm.json', samples),
    chart: new URL('charts/substrate-node', samples),
    values: { chain: 'dev', storage: { size: '1Gi' } },
    endpoints: [
      { name: 'rpc', port: 'rpc', scheme: 'ws' },
      { name: 'p2p', port: 'p2p' },
      { name: 'metrics', port: 'metrics', scheme: 'http' },
    ],
  },
] as const;
