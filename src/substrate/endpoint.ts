/** An endpoint without user, path and query, which may contain an access token: safe for logs and statuses. */
export function withoutCredentials(endpoint: string): string {
  try {
    const { protocol, host } = new URL(endpoint);
    return `${protocol}//${host}`;
  } catch {
    return 'an endpoint that is not a URL';
  }
}
