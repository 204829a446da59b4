import type { Point } from "./training";
import { csvLines } from "./tables";

/** The readings of a run as lines over its steps. */
export function curves(points: readonly Point[]) {
  const line = (name: string, value: (point: Point) => number) =>
    points.map((point) => ({ step: point.step, value: value(point), line: name })).filter(({ value }) => Number.isFinite(value));
  return {
    losses: partsOf(points)
      .flatMap((part) => line(part, (point) => point.losses[part] ?? NaN))
      .filter(({ value }) => value > 0), // the axis is logarithmic
    explained: line("explained variance", (point) => point.explained),
    l0: line("L0", (point) => point.l0),
    dead: line("dead", (point) => point.dead),
  };
}

function partsOf(points: readonly Point[]): string[] {
  return [...new Set(points.flatMap((point) => Object.keys(point.losses)))];
}

/** One line a reading. */
export function curveCsv(points: readonly Point[]): string {
  const parts = partsOf(points);
  return csvLines([
    ["step", ...parts, "l0", "explained", "dead"],
    ...points.map((point) => [point.step, ...parts.map((part) => point.losses[part] ?? ""), point.l0, point.explained, point.dead]),
  ]);
}
