import { joinBounded } from '../base/join-bounded.ts';

/** Kubernetes takes 32,768; what is longer than this nobody reads. */
const MAX_MESSAGE_BYTES = 4096;
/** Source: kubernetes pkg/apis/core/validation/events.go. */
const MAX_NOTE_BYTES = 1024;

/**
 * `message` as a condition carries it, one problem a line. Lines that do not fit are counted. kubectl shows the lines in
 * `describe`, and the first one in a column.
 */
export function conditionMessage(message: string): string {
  return joinBounded(message.split('\n'), '\n', MAX_MESSAGE_BYTES);
}

/** `items` as the note of an event, which is one line in every tool; items that do not fit are counted. */
export function eventNote(items: readonly string[]): string {
  return joinBounded(items, '; ', MAX_NOTE_BYTES);
}

/** `message` as the note of an event: its first line may lead into the others. */
export function messageNote(message: string): string {
  const [head = '', ...lines] = message.split('\n');
  if (!head.endsWith(':')) return eventNote([head, ...lines]);
  const [first = '', ...others] = lines;
  return eventNote([`${head} ${first}`, ...others]);
}
