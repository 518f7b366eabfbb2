import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type Tracer as SpanMaker,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { PassTrace, Phase, RequestEnd, TracedRequest, Tracer } from '../base/pass-trace.ts';
import { requestAttributes, requestName } from './span-attributes.ts';

/**
 * A tracer whose passes are spans of `maker`: `reconcile <controller>` at the root of a trace of its own, the phases below
 * it, and each request below the phase that it belongs to.
 */
export function createSpanTracer(maker: SpanMaker, controller: string): Tracer {
  return {
    startPass({ namespace, name, reconcileID, priority }) {
      const attributes: Attributes = {
        ...(namespace === undefined ? {} : { 'k8s.namespace.name': namespace }),
        'appaccess.object.name': name,
        'appaccess.reconcile.id': reconcileID,
        'appaccess.reconcile.priority': priority,
      };
      return startPassTrace(maker, maker.startSpan(`reconcile ${controller}`, { attributes }, ROOT_CONTEXT));
    },
  };
}

function startPassTrace(maker: SpanMaker, pass: Span): PassTrace {
  const root = trace.setSpan(ROOT_CONTEXT, pass);
  let parent: Context = root;
  return {
    phase<Result>(name: Phase, work: () => Result): Result {
      const span = maker.startSpan(name, {}, root);
      parent = trace.setSpan(root, span);
      const end = () => {
        parent = root;
        span.end();
      };
      try {
        const result = work();
        if (!(result instanceof Promise)) {
          end();
          return result;
        }
        const settled = result.catch((error: unknown) => {
          fail(span, error);
          throw error;
        });
        return settled.finally(end) as Result; // a promise of what `result` promises
      } catch (error) {
        fail(span, error);
        end();
        throw error;
      }
    },
    request(request: TracedRequest) {
      const attributes = requestAttributes(request);
      const span = maker.startSpan(requestName(request), { kind: SpanKind.CLIENT, attributes }, parent);
      return (end) => endRequest(span, end);
    },
    end(outcome, error) {
      pass.setAttribute('appaccess.reconcile.result', outcome);
      if (error !== undefined) fail(pass, error);
      pass.end();
    },
  };
}

function endRequest(span: Span, { status, attempts, errorCode }: RequestEnd): void {
  if (status !== undefined) span.setAttribute('http.response.status_code', status);
  if (attempts !== undefined && attempts > 1) span.setAttribute('http.request.resend_count', attempts - 1);
  if (errorCode !== undefined) {
    span.setAttribute('error.type', errorCode);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** The reason alone: messages may quote a manifest, and stand in status, Events and log. */
function fail(span: Span, error: unknown): void {
  const isError = error instanceof Error;
  const reason = isError && 'reason' in error && typeof error.reason === 'string' ? error.reason : undefined;
  span.setAttribute('error.type', reason ?? (isError ? error.name : typeof error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
