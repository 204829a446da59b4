/** A square of weights. */
export interface Square {
  side: number;
  weights: Uint16Array;
}

/**
 * A pattern at half the size, a quarter, and so on, down to one cell: each cell is the largest of the four that it
 * stands for, of nine and six at the ends of an odd side, so that no weight is lost from far away.
 *
 * @returns the pattern itself first; sides are those of a texture's levels, halved and rounded down
 */
export function pyramid(weights: Uint16Array, length: number): Square[] {
  const levels: Square[] = [{ side: length, weights }];
  for (let last = levels[0]!; last.side > 1; last = levels.at(-1)!) levels.push(halved(last));
  return levels;
}

function halved(whole: Square): Square {
  const side = whole.side >> 1;
  const weights = new Uint16Array(side * side);
  for (let y = 0; y < whole.side; y++) {
    const row = Math.min(side - 1, y >> 1) * side;
    for (let x = 0; x < whole.side; x++) {
      const at = row + Math.min(side - 1, x >> 1);
      weights[at] = Math.max(weights[at]!, whole.weights[y * whole.side + x]!);
    }
  }
  return { side, weights };
}

/** The level of which a pixel that covers so many cells of the pattern covers one or two. */
export function levelOf(cells: number, levels: number): number {
  return Math.min(levels - 1, Math.max(0, Math.floor(Math.log2(cells))));
}
