interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page starts; absent on the last one. */
  readonly next: string | undefined;
}

/**
 * The items of all pages in the order they came, or `undefined` as soon as a page is `undefined`. A page may be short
 * or empty while more follow, so only the marker tells the end.
 */
export async function listPages<Item>(
  readPage: (marker: string | undefined) => Promise<Page<Item> | undefined>,
): Promise<readonly Item[] | undefined> {
  const items: Item[] = [];
  let marker: string | undefined;
  do {
    const page = await readPage(marker);
    if (page === undefined) return undefined;
    items.push(...page.items);
    marker = page.next;
  } while (marker !== undefined);
  return items;
}

/** Marker of the page after `answer`, of IAM's lists; `undefined` on the last page. */
export function nextMarker(answer: { IsTruncated?: boolean | undefined; Marker?: string | undefined }) {
  return answer.IsTruncated === true ? answer.Marker : undefined;
}
