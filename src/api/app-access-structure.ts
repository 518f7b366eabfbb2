import { appAccessSchema } from './app-access.ts';
import { type StructuralSchema, toStructuralSchema } from './structural-schema.ts';

/** The schema of AppAccess as the API server gets it: plain JSON, structural. */
export const appAccessStructure: StructuralSchema = toStructuralSchema(appAccessSchema);
