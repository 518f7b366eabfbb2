import type { CelRule } from '../schema-builders.ts';

/** A full ARN says its region and account itself: giving them again could only contradict it. */
export function placeOnlyByName(field: string): CelRule {
  return {
    rule: `!(self.${field}.startsWith('arn:') && (has(self.region) || has(self.accountId)))`,
    message: `may give region and accountId beside a bare ${field} only: the ARN names its own; leave them out`,
  };
}
