/** A Secret as a user writes it. */
export function secret(name: string, stringData: object) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
}

/** An object of one of our kinds as a user writes it. */
export function ours(kind: string, name: string, spec: object) {
  return { apiVersion: 'dinfra.io/v1alpha1', kind, metadata: { name }, spec };
}
