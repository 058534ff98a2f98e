/**
 * A kubeconfig with one cluster and one user, as text.
 *
 * @param ca PEM of the CA that signed the server's certificate; without it the certificate is not verified.
 */
export function kubeconfigOf(server: string, token: string, ca?: Buffer): string {
  const cluster = {
    server,
    ...(ca === undefined
      ? { 'insecure-skip-tls-verify': true }
      : { 'certificate-authority-data': ca.toString('base64') }),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'dinfra', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'dinfra', context: { cluster: 'dinfra', user: 'admin' } }],
    'current-context': 'dinfra',
  };
  // JSON is YAML.
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
