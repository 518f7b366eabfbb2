import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { CompileSettings } from '../policy/types.ts';
import type { AwsPort, EventPort, KubePort, RivalsPort } from './ports.ts';
import type { RecentWrites } from './recent-writes.ts';

/** What a pass has of its own. */
export interface PassContext {
  readonly signal: AbortSignal;
  /** Says on every line which pass of which object it is about. */
  readonly log: Logger;
}

/** All that a pass works with: what it shares with all others, and its log. */
export interface PassDependencies extends ReconcilerDependencies, Omit<PassContext, 'signal'> {}

/** What all passes share. */
export interface ReconcilerDependencies {
  readonly aws: AwsPort;
  readonly kube: KubePort;
  readonly rivals: RivalsPort;
  readonly events: EventPort;
  readonly clock: Clock;
  readonly settings: CompileSettings;
  readonly recent: RecentWrites;
  /** No AWS write and no finalizer: a pass only says what it would do. */
  readonly readOnly: boolean;
}
