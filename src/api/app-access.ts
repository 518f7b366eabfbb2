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
        description:
          'Name of the IAM role. 1 to 64 letters, digits and + = , . @ _ -, unique in the AWS account whatever the case of its letters. Without it the role is called <namespace>-<name>-<hash>; status.role.name shows it. Cannot be set, changed or removed once the AppAccess exists.',
        example: 'invoice-uploader',
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
        description:
          'What the role is for, in words for people who meet it in AWS. Up to 1,000 characters of Latin-1: no typographic quotes and no emoji. Without it the role has no description.',
        example: 'Uploads invoices, team billing',
        maxLength: 1000,
        ...celRules({
          rule: "self.matches('^[\\\\t\\\\n\\\\r\\\\x20-\\\\x7E\\\\xA1-\\\\xFF]*$')",
          message: 'may hold characters of Latin-1 only, as IAM demands: no typographic quotes and no emoji',
        }),
      }),
    ),
    maxSessionDuration: Type.Optional(
      Type.String({
        description:
          'Longest time that one session of the role may last, from 1h to 12h, written in hours, minutes and seconds such as 90m or 2h30m. Without it a session lasts 1h at most, which is what IAM gives.',
        example: '2h',
        maxLength: 32,
        ...celRules({
          rule: "self.matches('^([0-9]{1,5}(s|m|h))+$') && duration(self) >= duration('1h') && duration(self) <= duration('12h')",
          message: 'must be a duration from 1h to 12h, such as 1h, 90m or 2h30m',
        }),
      }),
    ),
    tags: Type.Optional({
      ...mapOf(Type.String({ maxLength: 256 }), {
        description:
          'Tags that the role carries besides those of the controller, up to 40: key and value. Keys may not start with appaccess.dev/, aws:, kubernetes- or eks-, nor contain quarantine: by these the controller, AWS and those who shut a role off tell whose it is. None by default.',
        example: { 'cost-centre': '4711', team: 'billing' },
        maxProperties: 40,
      }),
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
        description:
          'ARN of a managed policy that sets the most the role may ever do: what its grants allow and this policy does not, is denied. It gives nothing by itself. None by default.',
        example: 'arn:aws:iam::111122223333:policy/team-boundary',
        maxLength: 512,
        ...celRules({
          rule: "self.matches('^arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/[a-zA-Z0-9+=,.@_/-]+$')",
          message: 'must be the ARN of a managed policy, arn:<partition>:iam::<account>:policy/<name>',
        }),
      }),
    ),
  },
  {
    description: 'Settings of the IAM role itself, all of them optional. What the role may do stands in grants.',
    example: { description: 'Uploads invoices, team billing', tags: { team: 'billing' } },
  },
);

const driftSchema = Type.Object(
  {
    mode: Type.Optional(
      oneOf(['Repair', 'Report'], {
        description:
          'What to do where the role differs from what was last applied. Repair writes it again at the next check. Report changes nothing and says so: in status.drift, in the condition Drifted, and by Ready=False with the reason DriftReported.',
        example: 'Report',
        default: 'Repair',
      }),
    ),
    unmanaged: Type.Optional(
      oneOf(['Remove', 'Report'], {
        description:
          'What to do with policies and tags that somebody else put on the role. Remove takes them off at the next check. Report leaves them and says so, as with mode. A policy that only denies is left alone in either case.',
        example: 'Report',
        default: 'Remove',
      }),
    ),
  },
  {
    description: 'What to do when somebody changes the role in AWS, by hand or with another tool.',
    example: { mode: 'Report', unmanaged: 'Report' },
    default: {},
  },
);

export const specSchema = Type.Object(
  {
    subject: subjectSchema,
    grants: Type.Array(grantSchema, {
      description:
        'What the workload may do: 1 to 50 grants, each of exactly one kind. What no grant allows, the role cannot do. Their order does not count.',
      example: [
        { s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } },
        { dynamodb: { table: 'orders', access: ['Read'] } },
      ],
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
          'What happens to the role when this AppAccess is deleted. Delete deletes it too, and the workload loses its access. Retain keeps it in AWS, marked as released; an AppAccess of the same name in the same namespace takes it back.',
        example: 'Retain',
        default: 'Delete',
      }),
    ),
    suspend: Type.Optional(
      Type.Boolean({
        description:
          'Whether this AppAccess is paused: changes to it are not applied and drift is not looked for. The role keeps what it has. Deletion is not held back.',
        example: true,
        default: false,
      }),
    ),
  },
  {
    description: 'What is asked for: the workload, what it may do, and how its role is kept.',
    example: {
      subject: { lambda: { functionName: 'invoice-uploader' } },
      grants: [{ s3: { bucket: 'invoices', prefix: 'uploads/', access: ['Write'] } }],
    },
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
    apiVersion: Type.Optional(
      Type.String({ description: 'Version of this API: appaccess.dev/v1alpha1.', example: 'appaccess.dev/v1alpha1' }),
    ),
    kind: Type.Optional(Type.String({ description: 'Kind of this object: AppAccess.', example: 'AppAccess' })),
    metadata: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
    spec: specSchema,
    status: Type.Optional(statusSchema),
  },
  {
    description:
      'AppAccess gives one workload an AWS IAM role that allows what its grants say and nothing else, and keeps it so. Write the workload as spec.subject and what it may do as spec.grants; status.role names the role, and the condition Ready says how it fares.',
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
