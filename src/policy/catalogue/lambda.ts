import type { VERBS } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';

const FUNCTION = 'arn:{partition}:lambda:{region}:{accountId}:function:{function}';
const arns = [FUNCTION];
const variants = [{ field: 'qualifier', arns: [`${FUNCTION}:{qualifier}`] }];

/** A function that is encrypted by a key of its own needs nothing of its caller on that key. */
export const lambda: CatalogueEntry<(typeof VERBS.lambda)[number]> = {
  service: 'lambda',
  sources: [
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html',
    'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
  ],
  notes: [
    'Give `InvokeUrl` rather than the action `lambda:InvokeFunctionUrl`, which alone opens no URL.',
    'Without `qualifier` the function is called by its bare name, which runs the latest code; calls of an alias or a version need a grant with that `qualifier`.',
    '`InvokeUrl` is for function URLs that ask for IAM; it allows no call by another way.',
    '`Read` shows the configuration, environment variables among it.',
  ],
  resourceField: 'function',
  kinds: {
    function: { type: 'function', arns, variants },
    url: {
      type: 'function',
      arns,
      variants,
      conditions: [{ operator: 'StringEquals', key: 'lambda:FunctionUrlAuthType', values: ['AWS_IAM'] }],
      only: ['InvokeFunctionUrl'],
    },
    // A call of the URL is also judged as a call of the function; this part of it allows no call by another way.
    functionByUrl: {
      type: 'function',
      arns,
      variants,
      conditions: [{ operator: 'Bool', key: 'lambda:InvokedViaFunctionUrl', values: ['true'] }],
      only: [],
    },
  },
  verbs: {
    Invoke: { function: ['InvokeFunction'] },
    InvokeUrl: { url: ['InvokeFunctionUrl'], functionByUrl: ['InvokeFunction'] },
    Read: { function: ['GetFunctionConfiguration'] },
  },
};
