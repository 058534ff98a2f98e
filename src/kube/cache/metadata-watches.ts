import type { KubeClient } from '../client/kube-client.ts';
import { type ResourceType, resourceNameOf } from '../client/resource-type.ts';
import { Reflector } from './reflector.ts';

/** Silence after which a view is no longer trusted, in milliseconds. Bookmarks arrive about once a minute. */
const BELIEVED_MS = 150_000;

/** The objects of a type and their versions, without their content. */
export interface MetadataView {
  /** False before the first list, when listing is forbidden, and while the watch is silent or failing. */
  isCurrent(): boolean;
  /** resourceVersion of an object by `namespace/name`, or `name`; undefined when no labelled object has that key. */
  versionOf(key: string): string | undefined;
}

interface Watched {
  readonly view: MetadataView;
  readonly end: AbortController;
  followers: number;
}

/** Watches the metadata of all labelled objects of a type. All callers of one type share one watch. */
export class MetadataWatches {
  private readonly client: KubeClient;
  private readonly watched = new Map<string, Watched>();

  constructor(client: KubeClient) {
    this.client = client;
  }

  /** The view of a type, kept up to date until the signal aborts. */
  follow(type: ResourceType, labelSelector: string, signal: AbortSignal): MetadataView {
    const key = `${resourceNameOf(type)} ${labelSelector}`;
    const entry = this.watched.get(key) ?? this.start(type, labelSelector);
    this.watched.set(key, entry);
    entry.followers += 1;
    const leave = () => {
      entry.followers -= 1;
      if (entry.followers > 0) return;
      this.watched.delete(key);
      entry.end.abort(signal.reason);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return entry.view;
  }

  private start(type: ResourceType, labelSelector: string): Watched {
    const end = new AbortController();
    const reflector = new Reflector({
      client: this.client,
      type: { ...type, metadataOnly: true },
      labelSelector,
      signal: end.signal,
    });
    const view: MetadataView = {
      isCurrent: () => {
        const { synced, error, silentMs } = reflector.health();
        return synced && error === undefined && silentMs < BELIEVED_MS;
      },
      versionOf: (key) => reflector.store.get(key)?.metadata.resourceVersion,
    };
    return { view, end, followers: 0 };
  }
}
