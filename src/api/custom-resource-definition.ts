import { API_GROUP, API_VERSION, APP_ACCESS_KIND, APP_ACCESS_PLURAL } from './app-access.ts';
import { appAccessStructure } from './app-access-structure.ts';
import { explainedSchema } from './explained-schema.ts';

/**
 * The CustomResourceDefinition of AppAccess, apiextensions.k8s.io/v1, as plain JSON in the order a reader expects. The
 * category differs from the singular name on purpose: a category of the same name breaks `kubectl get appaccess NAME`.
 */
export function appAccessCrd(): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${APP_ACCESS_PLURAL}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      names: {
        kind: APP_ACCESS_KIND,
        listKind: `${APP_ACCESS_KIND}List`,
        plural: APP_ACCESS_PLURAL,
        singular: APP_ACCESS_KIND.toLowerCase(),
        shortNames: ['appacc'],
        categories: ['iam-access'],
      },
      scope: 'Namespaced',
      versions: [
        {
          name: API_VERSION,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: explainedSchema(appAccessStructure) },
          subresources: { status: {} },
          additionalPrinterColumns: PRINTER_COLUMNS,
        },
      ],
    },
  };
}

const PRINTER_COLUMNS = [
  {
    name: 'Ready',
    type: 'string',
    description: 'Whether all writes of this generation were accepted and nothing contradicts them.',
    jsonPath: '.status.conditions[?(@.type=="Ready")].status',
  },
  {
    name: 'Reason',
    type: 'string',
    description: 'Why it is ready or not, in one word.',
    jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
  },
  { name: 'Role', type: 'string', description: 'Name of the IAM role.', jsonPath: '.status.role.name' },
  {
    name: 'Age',
    type: 'date',
    description: 'Time since the object was created.',
    jsonPath: '.metadata.creationTimestamp',
  },
  {
    name: 'Subject',
    type: 'string',
    description: 'The workload that gets the role.',
    jsonPath: '.status.subject',
    priority: 1,
  },
  {
    name: 'Account',
    type: 'string',
    description: 'AWS account that holds the role.',
    jsonPath: '.status.accountId',
    priority: 1,
  },
  {
    name: 'Drift',
    type: 'integer',
    description: 'How many differences were found.',
    jsonPath: '.status.driftCount',
    priority: 1,
  },
  {
    name: 'Message',
    type: 'string',
    description: 'What is so and what to do.',
    jsonPath: '.status.conditions[?(@.type=="Ready")].message',
    priority: 1,
  },
];
