/** An API server's address and how to authenticate to it. */
export interface ClusterAccess {
  /** URL of the API server, without a slash at the end. */
  readonly server: string;
  /** URL of an HTTP proxy to go through. */
  readonly proxyUrl: string | undefined;
  /** Namespace of the kubeconfig's context, or the one the pod runs in. */
  readonly namespace: string | undefined;
  /** The current credentials. May run a command or read files; cached for up to a minute. */
  credentials(): Promise<Credentials>;
  /** Drops the cached credentials, because the server rejected them. */
  invalidate(): void;
}

/** Credentials of one request. Secret: never logged. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name to expect in the server's certificate when it is not the host of the URL. */
  readonly servername?: string;
  /** False when the kubeconfig says insecure-skip-tls-verify. */
  readonly rejectUnauthorized: boolean;
}
