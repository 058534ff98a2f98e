import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeChart } from './chart-descriptor.ts';
import { sampleDescriptors } from './sample-descriptors.ts';

// Regenerates config/samples/descriptors/*.json. A test fails when they are outdated.
for (const { file, chart, ...rest } of sampleDescriptors) {
  const descriptor = await describeChart(fileURLToPath(chart), rest);
  await writeFile(file, `${JSON.stringify(descriptor, null, 2)}\n`);
}
