import { statusOf } from './watch-errors.ts';
import type { ListPage } from './watched-object.ts';

/** One page asked for: `limit` absent asks for everything at once. */
export interface ListRequest {
  readonly limit?: number;
  readonly continueToken?: string;
}

/** Objects in one page, as client-go and kubectl ask for. */
const PAGE_SIZE = 500;

/**
 * Reads a whole list page by page, gives each object to `take` and returns the version of the list. When the token of a
 * page has outlived its snapshot (410), `restart` drops what was taken and the list is asked for afresh, in one piece:
 * pages that come so slowly would expire for ever.
 */
export async function listPages<T>(
  list: (request: ListRequest) => Promise<ListPage<T>>,
  { take, restart }: { take(object: T): void; restart(): void },
): Promise<string> {
  let page = await list({ limit: PAGE_SIZE });
  for (const item of page.items) take(item);
  while (page.continueToken !== undefined && page.continueToken !== '') {
    try {
      page = await list({ limit: PAGE_SIZE, continueToken: page.continueToken });
    } catch (error) {
      if (statusOf(error) !== 410) throw error;
      restart();
      page = await list({});
    }
    for (const item of page.items) take(item);
  }
  return page.resourceVersion;
}
