/** A point of a curve: the label it stands for, and where it is, by direction. */
export interface CurvePoint {
  label: number;
  at: readonly number[];
}

/** From the curve's directions to pixels: one scale for both axes, so that a circle stays one. */
export interface Frame {
  x: (at: readonly number[]) => number;
  y: (at: readonly number[]) => number;
}

/**
 * The frame in which a curve fills a box, two of its directions drawn.
 *
 * @param axes which direction goes across, and which upwards
 */
export function frame(
  points: readonly CurvePoint[],
  axes: readonly [number, number],
  box: { width: number; height: number; margin: number },
): Frame {
  const [across, up] = axes.map((axis) => {
    const all = points.map((point) => point.at[axis] ?? 0);
    return { axis, low: Math.min(...all), high: Math.max(...all) };
  }) as [Range, Range];
  const scale = Math.min(
    (box.width - 2 * box.margin) / (across.high - across.low || 1),
    (box.height - 2 * box.margin) / (up.high - up.low || 1),
  );
  const middle = (range: Range) => (range.low + range.high) / 2;
  return {
    x: (at) => box.width / 2 + scale * ((at[across.axis] ?? 0) - middle(across)),
    y: (at) => box.height / 2 - scale * ((at[up.axis] ?? 0) - middle(up)),
  };
}

interface Range {
  axis: number;
  low: number;
  high: number;
}

/**
 * The label of the point of a curve that is nearest to a place. Where the curve passes a place more than once, of points
 * about as near the one whose label is nearest to `from` is taken, so that dragging goes along the curve and does not jump.
 */
export function nearestLabel(points: readonly CurvePoint[], to: Frame, x: number, y: number, from: number): number {
  const far = points.map((point) => Math.hypot(to.x(point.at) - x, to.y(point.at) - y));
  const least = Math.min(...far);
  return points
    .filter((_, i) => far[i]! <= least + 6)
    .reduce((best, point) => (Math.abs(point.label - from) < Math.abs(best.label - from) ? point : best)).label;
}

/** The step between labels: the least that lies between two. */
export function labelStep(labels: readonly number[]): number {
  const sorted = [...labels].sort((a, b) => a - b);
  const steps = sorted.slice(1).map((label, i) => label - sorted[i]!).filter((step) => step > 0);
  return steps.length === 0 ? 1 : Math.min(...steps);
}
