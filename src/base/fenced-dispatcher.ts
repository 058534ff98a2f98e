import type { Dispatcher } from 'undici';
import type { Fence } from './fence.ts';

/**
 * A dispatcher that checks the fence immediately before a request is written to its connection, after waiting for one and
 * after the handshake. When the fence is closed the request fails with LeadershipLostError and nothing of it was sent.
 */
export function fencedDispatcher(dispatcher: Dispatcher, fence: Fence): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => dispatch(options, new FencedHandler(handler, fence)));
}

/** Forwards everything; undici calls onRequestStart synchronously before it writes the request. */
class FencedHandler implements Dispatcher.DispatchHandler {
  private readonly inner: Dispatcher.DispatchHandler;
  private readonly fence: Fence;

  constructor(inner: Dispatcher.DispatchHandler, fence: Fence) {
    this.inner = inner;
    this.fence = fence;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.fence.assertHeld();
    this.inner.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>): void {
    this.inner.onRequestUpgrade?.(...args);
  }

  onResponseStart(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>): void {
    this.inner.onResponseStart?.(...args);
  }

  onResponseData(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseData']>>): void {
    this.inner.onResponseData?.(...args);
  }

  onResponseEnd(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    this.inner.onResponseEnd?.(...args);
  }

  onResponseError(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseError']>>): void {
    this.inner.onResponseError?.(...args);
  }
}
