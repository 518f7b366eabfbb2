import type { Static } from 'typebox';
import { grantSchema } from './grant-schema.ts';
import { celRules, mapOf, oneOf } from './schema-builders.ts';
import { type AppAccessStatus, statusSchema } from './status-schema.ts';
import { subjectSchema } from './subject-schema.ts';
import { Type } from './type.ts';

export const API_GROUP = 'appaccess.dev';
export const API_VERSION = 'v1alpha1';
export const APP_ACCESS_KIND = 'AppAccess';
export const APP_ACCESS_PLURAL = 'appaccesses';
export const FINALIZER = 'appaccess.dev/role';
/** A changed value forces a pass; it is echoed in `status.lastHandledReconcileAt`. */
export const RECONCILE_ANNOTATION = 'reconcile.fluxcd.io/requestedAt';
/** Prefix of the tags that prove whose a role is; users may not set tags below it. */
export const OWNER_TAG_PREFIX = 'appaccess.dev/';

const roleSchema = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        description: 'Name of the role. By default <namespace>-<name>-<hash>. Cannot be set, changed or removed later.',
        minLength: 1,
        maxLength: 64,
        ...celRules({
          rule: "self.matches('^[a-zA-Z0-9+=,.@_-]+$')",
          message: 'may hold letters, digits and + = , . @ _ - only',
        }),
      }),
    ),
    description: Type.Optional(
      Type.String({
        description: 'Description of the role.',
        maxLength: 1000,
        ...celRules({
          rule: "self.matches('^[\\\\t\\\\n\\\\r\\\\x20-\\\\x7E\\\\xA1-\\\\xFF]*$')",
          message: 'may hold characters of Latin-1 only, as IAM demands: no typographic quotes and no emoji',
        }),
      }),
    ),
    maxSessionDuration: Type.Optional(
      Type.String({
        description: 'Longest session, between 1h and 12h. IAM gives 1h by default.',
        maxLength: 32,
        ...celRules({
          rule: "self.matches('^([0-9]{1,5}(s|m|h))+$') && duration(self) >= duration('1h') && duration(self) <= duration('12h')",
          message: 'must be a duration from 1h to 12h, such as 1h, 90m or 2h30m',
        }),
      }),
    ),
    tags: Type.Optional({
      ...mapOf(Type.String({ maxLength: 256 }), { description: 'Further tags of the role.', maxProperties: 40 }),
      ...celRules(
        {
          rule: "self.all(key, !key.lowerAscii().startsWith('appaccess.dev/') && !key.lowerAscii().startsWith('aws:'))",
          message: 'may not set tags that start with appaccess.dev/ (they prove ownership) or aws:; choose other keys',
        },
        {
          rule: "self.all(key, !key.lowerAscii().startsWith('kubernetes-') && !key.lowerAscii().startsWith('eks-') && !key.lowerAscii().contains('quarantine'))",
          message:
            'may not set tags that start with kubernetes- or eks- (EKS vouches for pods by them) or that contain quarantine (for whoever shuts a role off); choose other keys',
        },
        {
          rule: "self.all(key, key.matches('^[a-zA-Z0-9 _.:/=+@-]{1,128}$'))",
          message: 'keys may hold 1 to 128 letters, digits, spaces and _ . : / = + - @',
        },
        {
          rule: "self.all(key, self[key].matches('^[a-zA-Z0-9 _.:/=+@-]*$'))",
          message: 'values may hold letters, digits, spaces and _ . : / = + - @',
        },
      ),
    }),
    permissionsBoundary: Type.Optional(
      Type.String({
        description: 'ARN of a managed policy: the most that the role may ever do.',
        maxLength: 512,
        ...celRules({
          rule: "self.matches('^arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/[a-zA-Z0-9+=,.@_/-]+$')",
          message: 'must be the ARN of a managed policy, arn:<partition>:iam::<account>:policy/<name>',
        }),
      }),
    ),
  },
  {
    description: 'Settings of the role itself. All optional.',
  },
);

const driftSchema = Type.Object(
  {
    mode: Type.Optional(
      oneOf(['Repair', 'Report'], {
        description: 'What to do when the role differs from what was last applied: write it again, or only say so.',
        default: 'Repair',
      }),
    ),
    unmanaged: Type.Optional(
      oneOf(['Remove', 'Report'], {
        description: 'What to do with policies that somebody else put on the role: take them off, or only say so.',
        default: 'Remove',
      }),
    ),
  },
  { description: 'What to do about changes made elsewhere.', default: {} },
);

export const specSchema = Type.Object(
  {
    subject: subjectSchema,
    grants: Type.Array(grantSchema, {
      description: 'What the workload may do. At least one.',
      minItems: 1,
      maxItems: 50,
      'x-kubernetes-list-type': 'atomic',
      ...celRules({
        rule: 'self.all(a, !has(a.name) || self.exists_one(b, has(b.name) && b.name == a.name))',
        message: 'names of grants must be unique; rename or leave out the second one',
      }),
    }),
    role: Type.Optional(roleSchema),
    drift: Type.Optional(driftSchema),
    deletionPolicy: Type.Optional(
      oneOf(['Delete', 'Retain'], {
        description:
          'What happens to the role when this AppAccess is deleted: deleted too, or kept and marked as released.',
        default: 'Delete',
      }),
    ),
    suspend: Type.Optional(
      Type.Boolean({
        description: 'Pauses changes and repair. Deletion is not held back.',
        default: false,
      }),
    ),
  },
  {
    description: 'The workload, what it may do, and how its role is kept.',
    ...celRules({
      rule: "(has(self.role) && has(self.role.name) ? self.role.name : '') == (has(oldSelf.role) && has(oldSelf.role.name) ? oldSelf.role.name : '')",
      message: 'role.name cannot be set, changed or removed on an existing AppAccess; delete it and create another one',
      fieldPath: '.role.name',
    }),
  },
);

export type AppAccessSpec = Static<typeof specSchema>;

/** The schema of the whole object, `metadata` left to Kubernetes. */
export const appAccessSchema = Type.Object(
  {
    apiVersion: Type.Optional(Type.String({ description: 'Version of the API, appaccess.dev/v1alpha1.' })),
    kind: Type.Optional(Type.String({ description: 'AppAccess.' })),
    metadata: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
    spec: specSchema,
    status: Type.Optional(statusSchema),
  },
  {
    description:
      'AppAccess gives one workload an AWS IAM role that allows what its grants say and nothing else, and keeps it so.',
  },
);

/** The parts of Kubernetes metadata that this project reads. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** An AppAccess as the API server returns it, or as a manifest gives it once its defaults are filled in. */
export interface AppAccess {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: AppAccessSpec;
  readonly status?: AppAccessStatus;
}
