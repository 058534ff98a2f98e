import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { MAX_CONTENT_BYTES } from '../base/content-ref.ts';
import { parseJson } from './content/json.ts';
import { checkSchema } from './schema/check-schema.ts';

const config = new URL('../../config/', import.meta.url);
function filesIn(folder: string): readonly string[] {
  const files = readdirSync(new URL(folder, config)).filter((file) => file.endsWith('.json'));
  if (files.length === 0) throw new Error(`there is no JSON file in config/${folder}`);
  return files;
}

const read = (path: string) => readFileSync(new URL(path, config));

/** The type of a sample, by the end of its name: `substrate-node-helm.json`. */
const typeOf = (file: string) => /-(\w+)\.json$/.exec(file)?.[1];

test.each(filesIn('descriptor-types/'))('%s can be registered: it is small enough and usable', (file) => {
  const schema = read(`descriptor-types/${file}`);
  expect(schema.length).toBeLessThanOrEqual(MAX_CONTENT_BYTES);
  expect(checkSchema({ type: file, schema: schema.toString() })).toEqual({ kind: 'Valid' });
});

test.each(filesIn('samples/descriptors/'))(
  '%s can be used in a subscription: it is small enough and matches its type',
  (file) => {
    const descriptor = read(`samples/descriptors/${file}`);
    const schema = read(`descriptor-types/${typeOf(file)}-v1.schema.json`).toString();
    expect(descriptor.length).toBeLessThanOrEqual(MAX_CONTENT_BYTES);
    parseJson(descriptor, file);
    expect(checkSchema({ type: file, schema, descriptor: descriptor.toString() })).toEqual({ kind: 'Valid' });
  },
);

test.each(filesIn('samples/descriptors/'))('%s is also valid for ajv, which editors and other tools use', (file) => {
  const schema = JSON.parse(read(`descriptor-types/${typeOf(file)}-v1.schema.json`).toString());
  const ajv = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false });
  expect(ajv.validate(schema, JSON.parse(read(`samples/descriptors/${file}`).toString()))).toBe(true);
});
