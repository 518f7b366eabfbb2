import type { GrantService } from '../../api/verbs.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';
import { dynamodb } from './dynamodb.ts';
import { kms } from './kms.ts';
import { logs } from './logs.ts';
import { s3 } from './s3.ts';
import { sqs } from './sqs.ts';

/** All services that have a typed grant. Adding one is adding a file here and a schema in `api`. */
export const catalogue: Readonly<Record<GrantService, CatalogueEntry>> = { s3, dynamodb, sqs, kms, logs };
