/** An endpoint as it may be shown: an access token in the user part, path or query stays out of logs and statuses. */
export function withoutCredentials(endpoint: string): string {
  try {
    const { protocol, host } = new URL(endpoint);
    return `${protocol}//${host}`;
  } catch {
    return 'an endpoint that is not a URL';
  }
}
