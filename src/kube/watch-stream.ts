import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * The JSON values of a stream that holds one on each line, in order. Between chunks everything else gets its turn: a
 * stream of any length holds up timers and other requests for no longer than one chunk takes. A last line without its
 * line feed was cut off by the connection and is dropped: the watch goes on from the version before it.
 * @throws SyntaxError for a whole line that is no JSON
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  // Pieces of a line are kept apart until it is whole: joining at each chunk would cost the square of a long line.
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) {
      const whole = pieces.join('') + line;
      pieces = [];
      if (whole.trim() !== '') yield JSON.parse(whole) as unknown;
    }
    if (rest !== '') pieces.push(rest);
    await nextTurn();
  }
}
