import { appAccessStructure } from '../../../src/api/app-access-structure.ts';
import { explainedSchema } from '../../../src/api/explained-schema.ts';
import type { StructuralSchema } from '../../../src/api/structural-schema.ts';

/** A page of `kubectl explain`, and what it must say of the fields on it, with one space between words. */
export interface ExplainedPage {
  /** As kubectl takes it: `appaccess.spec.grants.s3`. */
  readonly path: string;
  readonly texts: readonly string[];
}

/** The page of `spec` and all below it that have fields. */
export function explainedPages(): readonly ExplainedPage[] {
  return pagesOf(explainedSchema(appAccessStructure), 'appaccess').filter(({ path }) =>
    path.startsWith('appaccess.spec'),
  );
}

function pagesOf(schema: StructuralSchema, path: string): ExplainedPage[] {
  const fields = Object.entries((schema.items ?? schema).properties ?? {});
  if (fields.length === 0) return [];
  const texts = fields.map(([, { description = '' }]) => inOneLine(description));
  return [{ path, texts }, ...fields.flatMap(([name, field]) => pagesOf(field, `${path}.${name}`))];
}

/** What `printed` lacks of `page`. */
export function missingTexts(page: ExplainedPage, printed: string): readonly string[] {
  const words = inOneLine(printed);
  return page.texts.filter((text) => !words.includes(text));
}

/** kubectl wraps lines and indents them. */
function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
