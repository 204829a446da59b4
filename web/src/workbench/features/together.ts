/** Which features fire together: on a prompt's codes, and how a matrix of them is laid out. */

/**
 * Of two features the tokens on which both fire over those on which one does (Jaccard); 0 where none fires.
 *
 * @param codes of each feature, at each token
 */
export function jaccard(codes: readonly (readonly number[])[]): number[][] {
  return codes.map((a) =>
    codes.map((b) => {
      let both = 0;
      let either = 0;
      a.forEach((code, i) => {
        const other = b[i] ?? 0;
        if (code !== 0 && other !== 0) both++;
        if (code !== 0 || other !== 0) either++;
      });
      return either === 0 ? 0 : both / either;
    }),
  );
}

/**
 * An order in which features that fire together stand beside each other: from the first, always the one that has most
 * in common with the last one taken.
 */
export function chained(matrix: readonly (readonly number[])[]): number[] {
  const left = new Set(matrix.map((_, i) => i));
  const order: number[] = [];
  let next = 0;
  while (left.size > 0) {
    order.push(next);
    left.delete(next);
    const row = matrix[next]!;
    let best = -1;
    for (const one of left) if (best < 0 || row[one]! > row[best]!) best = one;
    next = best;
  }
  return order;
}

/** How opaque a cell is: 0 to 1 of the greatest size; nothing where nothing is there. */
export function shade(value: number, most: number): number {
  return most <= 0 || value === 0 ? 0 : 0.08 + 0.92 * Math.min(1, Math.abs(value) / most);
}

/** A feature's number as it is typed, or null where it is none from 0 to `width` - 1. */
export function featureNumber(typed: string, width: number): number | null {
  return /^\d{1,9}$/.test(typed.trim()) && Number(typed) < width ? Number(typed) : null;
}
