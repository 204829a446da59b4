/**
 * Which tokens of a prompt an edit has changed: all but those that it begins and ends with like the one before.
 *
 * @param now, before ids of tokens
 */
export function changed(now: readonly number[], before: readonly number[]): boolean[] {
  const least = Math.min(now.length, before.length);
  let head = 0;
  while (head < least && now[head] === before[head]) head++;
  let tail = 0;
  while (tail < least - head && now.at(-1 - tail) === before.at(-1 - tail)) tail++;
  return now.map((_, pos) => pos >= head && pos < now.length - tail);
}
