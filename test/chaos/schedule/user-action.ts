import fc from 'fast-check';

/** What users do. Plain data; every action makes sense in every state, so that any sequence of them is a valid one. */
export type UserAction =
  /** Applies a manifest, making the object if need be. */
  | { readonly kind: 'Apply'; readonly object: string; readonly spec: SpecOfUser }
  /** Applies one manifest and at once the one before it again. */
  | { readonly kind: 'Flip'; readonly object: string; readonly spec: SpecOfUser }
  /** Asks for the deletion. */
  | { readonly kind: 'Delete'; readonly object: string }
  /** Deletes without waiting for the controller, taking the finalizer off, and makes the object again at once. */
  | { readonly kind: 'ReplaceByForce'; readonly object: string; readonly spec: SpecOfUser }
  /** Changes nothing that the controller looks at. */
  | { readonly kind: 'Label'; readonly object: string; readonly value: string }
  /** Deletes and makes again the service account of the object. */
  | { readonly kind: 'RecreateServiceAccount'; readonly object: string };

/** A spec without its subject, which belongs to the object. */
export interface SpecOfUser {
  readonly grants: readonly object[];
  readonly role: object;
}

/** The objects of the users, each with its subject: what it is for cannot be changed. */
export const SUBJECTS: Readonly<Record<string, object>> = {
  'lambda-0': { lambda: { functionName: 'lambda-0' } },
  'lambda-1': { lambda: { functionName: 'lambda-1' } },
  'lambda-2': { lambda: { functionName: 'lambda-2' } },
  'ec2-0': { ec2: {} },
  'ec2-1': { ec2: {} },
  'irsa-0': { serviceAccount: { name: 'irsa-0', via: ['IRSA'] } },
  'irsa-1': { serviceAccount: { name: 'irsa-1', via: ['IRSA'] } },
  'irsa-2': { serviceAccount: { name: 'irsa-2', via: ['IRSA'] } },
};

export const OBJECTS = Object.keys(SUBJECTS);
export const OBJECTS_WITH_ACCOUNT = OBJECTS.filter((name) => name.startsWith('irsa-'));

const POLICIES = ['ReadOnlyAccess', 'AmazonSQSReadOnlyAccess'].map((name) => `arn:aws:iam::aws:policy/${name}`);

const grant: fc.Arbitrary<object> = fc.oneof(
  fc
    .record({
      bucket: fc.constantFrom('one', 'two'),
      access: fc.subarray(['Get', 'Write', 'Delete'], { minLength: 1 }),
    })
    .map((s3) => ({ s3 })),
  fc
    .record({ queue: fc.constantFrom('jobs', 'mail'), access: fc.subarray(['Send', 'Consume'], { minLength: 1 }) })
    .map((sqs) => ({ sqs })),
  fc.constantFrom(...POLICIES).map((arn) => ({ managedPolicy: { arn } })),
);

const spec: fc.Arbitrary<SpecOfUser> = fc.record({
  grants: fc.uniqueArray(grant, { minLength: 1, maxLength: 3, selector: (one) => JSON.stringify(one) }),
  role: fc.record(
    {
      description: fc.constantFrom('first', 'second', 'third'),
      tags: fc.dictionary(fc.constantFrom('team', 'stage'), fc.constantFrom('red', 'blue'), {
        minKeys: 1, // server-side apply of an empty map over a full one is refused by the API server itself
      }),
      permissionsBoundary: fc.constantFrom(...POLICIES),
      maxSessionDuration: fc.constantFrom('1h', '2h'),
    },
    { requiredKeys: [] },
  ),
});

const object = fc.constantFrom(...OBJECTS);

export const userAction: fc.Arbitrary<UserAction> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('Apply' as const), object, spec }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('Flip' as const), object, spec }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('Delete' as const), object }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ReplaceByForce' as const), object, spec }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('Label' as const), object, value: fc.constantFrom('red', 'blue') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('RecreateServiceAccount' as const),
      object: fc.constantFrom(...OBJECTS_WITH_ACCOUNT),
    }),
  },
);
