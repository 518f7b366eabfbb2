import type { Dispatcher } from 'undici';

/**
 * `dispatcher`, which calls `check` right before it writes a request to its socket. Whatever came before, waiting for a
 * connection among it, is over then; what `check` throws ends the request, of which nothing was sent.
 */
export function checkedDispatcher(dispatcher: Dispatcher, check: () => void): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => dispatch(options, checkedHandler(handler, check)));
}

function checkedHandler(handler: Dispatcher.DispatchHandler, check: () => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      check();
      handler.onRequestStart?.(controller, context);
    },
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  };
}
