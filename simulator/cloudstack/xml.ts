/** The XML form of a response, for callers that do not request JSON. */
export function toXml(envelope: string, body: { [key: string]: unknown }, version: string | undefined): string {
  const attribute = version === undefined ? '' : ` cloud-stack-version="${version}"`;
  return `<?xml version="1.0" encoding="UTF-8"?><${envelope}${attribute}>${fields(body)}</${envelope}>`;
}

function fields(body: { [key: string]: unknown }): string {
  return Object.entries(body)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  if (typeof value === 'object' && value !== null)
    return `<${name}>${fields(value as { [key: string]: unknown })}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
