/**
 * A map from places to pixels, alike in both directions, that holds the places of all pictures.
 *
 * @param pictures places of each, two numbers or none
 */
export function frame(
  pictures: readonly (readonly (readonly number[])[])[],
  width: number,
  height: number,
  edge: number,
): (x: number, y: number) => { x: number; y: number } {
  const all = pictures.flat().filter((place) => place.length === 2);
  const range = (axis: number) => {
    const values = all.map((place) => place[axis]!);
    return values.length === 0 ? { middle: 0, span: 1 } : { middle: (Math.min(...values) + Math.max(...values)) / 2, span: Math.max(...values) - Math.min(...values) };
  };
  const across = range(0);
  const upwards = range(1);
  const scale = Math.min((width - 2 * edge) / (across.span || 1), (height - 2 * edge) / (upwards.span || 1));
  return (x, y) => ({ x: width / 2 + (x - across.middle) * scale, y: height / 2 - (y - upwards.middle) * scale });
}

/** How much of a label's letters is room: 11 px in mono. */
const LETTER = 6.7;
const LINE = 12;

/**
 * Where names stand beside their points: above, else at the right, below or at the left, the first that lies on no name
 * before it; above where all do.
 *
 * @return the middle of each name's base line; null where there is no point
 */
export function besides(points: readonly ({ x: number; y: number } | null)[], names: readonly string[]): ({ x: number; y: number } | null)[] {
  const taken: { left: number; right: number; bottom: number }[] = [];
  return points.map((point, i) => {
    if (point === null) return null;
    const half = (names[i]!.length * LETTER) / 2;
    const ways = [
      { x: point.x, y: point.y - 7 },
      { x: point.x + half + 7, y: point.y + 4 },
      { x: point.x, y: point.y + 15 },
      { x: point.x - half - 7, y: point.y + 4 },
    ];
    const isFree = ({ x, y }: { x: number; y: number }) =>
      taken.every(({ left, right, bottom }) => x + half < left || x - half > right || Math.abs(y - bottom) >= LINE);
    const way = ways.find(isFree) ?? ways[0]!;
    taken.push({ left: way.x - half, right: way.x + half, bottom: way.y });
    return way;
  });
}

/** A round length that takes up to a third of so many pixels, in units of the picture. */
export function barLength(pixels: number, perUnit: number): number {
  const most = pixels / 3 / perUnit;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([5, 2, 1].find((factor) => factor * power <= most) ?? 1) * power;
}
