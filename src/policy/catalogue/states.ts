import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

const CALLBACKS = ['SendTaskFailure', 'SendTaskHeartbeat', 'SendTaskSuccess'];

export const states: CatalogueEntry<(typeof VERBS.states)[number]> = {
  service: 'states',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html',
    'https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html',
  ],
  notes: [
    '`Start` covers every version and alias; `conditions` on `states:StateMachineQualifier` narrow it.',
    '`Callback` answers waiting tasks. AWS knows no resource for it, so it stands on `*`; who holds no task token can do nothing with it.',
    'Executions under a key: to start or stop one needs nothing on the key, to read one needs `kmsKey`.',
  ],
  resourceField: 'stateMachine',
  kinds: {
    stateMachine: {
      type: 'statemachine',
      arns: ['arn:{partition}:states:{region}:{accountId}:stateMachine:{stateMachine}'],
    },
    execution: {
      type: 'execution',
      arns: ['arn:{partition}:states:{region}:{accountId}:execution:{stateMachine}:*'],
    },
    // AWS knows no resource for them: who holds the token of a task may answer it, and nobody else can.
    callback: { arns: ['*'], only: CALLBACKS },
  },
  verbs: {
    Start: { stateMachine: ['StartExecution'] },
    StartSync: { stateMachine: ['StartSyncExecution'] },
    Read: {
      stateMachine: ['DescribeStateMachine', 'ListExecutions'],
      execution: ['DescribeExecution', 'DescribeStateMachineForExecution', 'GetExecutionHistory'],
    },
    Stop: { execution: ['StopExecution'] },
    Redrive: { execution: ['RedriveExecution'] },
    Callback: { callback: CALLBACKS },
  },
  companion: {
    viaService: 'states',
    // What starts, stops or answers an execution is encrypted under the rights of the state machine's own role.
    verbs: { StartSync: ['Decrypt'], Read: ['Decrypt'] },
    actions: ['Decrypt'],
    contexts: [{ key: 'aws:states:stateMachineArn', value: { kinds: ['stateMachine'] } }],
  },
};
