/** `Low` is for keys that wait only because all are gone over; they give way to those of which something is known. */
export type Priority = 'Normal' | 'Low';
