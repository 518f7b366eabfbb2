/** How a delete ended. `Gone`: the service did not know what was to go. */
export type DeleteAnswer = 'Deleted' | 'Gone';

/** What it means that a delete found nothing: at a later try, that an earlier one did it and its answer was lost. */
export function notFound(attempts: number): DeleteAnswer {
  return attempts > 1 ? 'Deleted' : 'Gone';
}
