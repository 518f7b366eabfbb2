import type { GrantService } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';
import { dynamodb } from './dynamodb.ts';
import { events } from './events.ts';
import { kinesis } from './kinesis.ts';
import { kms } from './kms.ts';
import { lambda } from './lambda.ts';
import { logs } from './logs.ts';
import { s3 } from './s3.ts';
import { secretsmanager } from './secretsmanager.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';
import { ssm } from './ssm.ts';
import { states } from './states.ts';

/** All services that have a typed grant. Adding one is adding a file here and a schema in `api`. */
export const catalogue: Readonly<Record<GrantService, CatalogueEntry>> = {
  s3,
  dynamodb,
  sqs,
  sns,
  kms,
  logs,
  secretsmanager,
  ssm,
  lambda,
  events,
  kinesis,
  states,
};
