/** One way in which the world differs from what is desired. */
export type Difference =
  /** Desired, and not there. */
  | { readonly kind: 'Missing'; readonly where?: string; readonly what: string; readonly plural?: boolean }
  /** There, and not desired. */
  | { readonly kind: 'Extra'; readonly where?: string; readonly what: string; readonly plural?: boolean }
  /** There, with another value than is desired. */
  | { readonly kind: 'Other'; readonly where: string; readonly observed: string; readonly desired: string };

const MAX_CHARS = 256;

/**
 * `difference` for people who did not make it, since nothing but somebody else's doing explains it: status, events. At
 * most 256 characters. `inline policy appaccess: action s3:DeleteObject was added`
 */
export function driftText(difference: Difference): string {
  const place = placeOf(difference);
  if (difference.kind === 'Other') {
    return cut(`${place}is ${difference.observed}, must be ${difference.desired}`);
  }
  const verb = difference.plural === true ? 'were' : 'was';
  // What happened stands at the end, and must not be cut off.
  const ending = ` ${verb} ${difference.kind === 'Missing' ? 'removed' : 'added'}`;
  return `${cut(`${place}${difference.what}`, MAX_CHARS - ending.length)}${ending}`;
}

/** `difference` as what a changed spec brings: `+` comes, `-` goes, `~` changes. At most 256 characters. */
export function changeText(difference: Difference): string {
  const place = placeOf(difference);
  switch (difference.kind) {
    case 'Missing':
      return cut(`+ ${place}${difference.what}`);
    case 'Extra':
      return cut(`- ${place}${difference.what}`);
    case 'Other':
      return cut(`~ ${place}${difference.observed} becomes ${difference.desired}`);
    default:
      return difference satisfies never;
  }
}

function placeOf({ where }: Difference): string {
  return where === undefined ? '' : `${where}: `;
}

function cut(text: string, maxChars = MAX_CHARS): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}
