import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { CompileSettings } from '../policy/types.ts';
import type { AwsPort, EventPort, KubePort, RivalsPort } from './ports.ts';
import type { RecentWrites } from './recent-writes.ts';

/** All that a pass works with. */
export interface PassDependencies {
  readonly aws: AwsPort;
  readonly kube: KubePort;
  readonly rivals: RivalsPort;
  readonly events: EventPort;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: CompileSettings;
  readonly recent: RecentWrites;
  /** No AWS write and no finalizer: a pass only says what it would do. */
  readonly readOnly: boolean;
}
