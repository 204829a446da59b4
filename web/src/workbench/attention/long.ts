/** A text of more bytes is waited for, and read as a job; a token takes a byte at least, and of English four. */
const SHORT_BYTES = 1000;

/** Whether a text may have so many tokens that it is waited for. */
export function isLong(text: string): boolean {
  return new TextEncoder().encode(text).length > SHORT_BYTES;
}
