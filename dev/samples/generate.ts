import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeChart } from './chart-descriptor.ts';
import { sampleDescriptors } from './sample-descriptors.ts';

// Writes config/samples/descriptors/*.json anew. A test says when that is due.
for (const { file, chart, ...rest } of sampleDescriptors) {
  const descriptor = await describeChart(fileURLToPath(chart), rest);
  await writeFile(file, `${JSON.stringify(descriptor, null, 2)}\n`);
}
