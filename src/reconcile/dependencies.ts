import type { Clock } from '../base/clock.ts';
import type { PassContext } from '../base/pass-context.ts';
import type { CompileSettings } from '../policy/types.ts';
import type { HiddenCreations } from './hidden-creations.ts';
import type { OwnVersions } from './own-versions.ts';
import type { AwsPort, EventPort, KubePort, RivalsPort } from './ports.ts';
import type { RecentWrites } from './recent-writes.ts';
import type { VanishedObjects } from './vanished-objects.ts';

/** All that a pass works with: what it shares with all others, its log and its trace. */
export interface PassDependencies extends ReconcilerDependencies, PassContext {}

/** What all passes share. */
export interface ReconcilerDependencies {
  readonly aws: AwsPort;
  readonly kube: KubePort;
  readonly rivals: RivalsPort;
  readonly events: EventPort;
  readonly clock: Clock;
  readonly settings: CompileSettings;
  readonly recent: RecentWrites;
  readonly hidden: HiddenCreations;
  readonly versions: OwnVersions;
  readonly vanished: VanishedObjects;
  /** No AWS write and no finalizer: a pass only says what it would do. */
  readonly readOnly: boolean;
}
