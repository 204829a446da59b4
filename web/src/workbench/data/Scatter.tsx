import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure, type Chart } from "../../figure/PlotFigure";
import { number, short } from "../../record/words";
import { lettersOf, pointsTable, spread, type Point } from "./points";

/** Filled: predicted 1; a cross: wrong. */
export function Scatter(props: { points: readonly Point[]; x: string; y: string; row: number | null; choose: (row: number) => void }) {
  const { points, x, y, row, choose } = props;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const isBand = (at: "x" | "y") => points.some((point) => typeof point[at] === "string");
      const letters = (at: "x" | "y") => (at === "y" ? 20 : lettersOf(width, new Set(points.map((point) => point.x)).size));
      const scale = (at: "x" | "y", label: string) => ({
        label,
        ...(isBand(at) ? { type: "point" as const, padding: 0.5, tickFormat: (value: unknown) => short(String(value), letters(at)) } : {}),
      });
      const longest = Math.max(0, ...points.map((point) => (typeof point.y === "string" ? Math.min(20, point.y.length) : 0)));
      const moved = points.map((point) => ({ ...point, dx: isBand("x") ? 24 * spread(point.row) : 0 }));
      const of = (filter: (point: Point) => boolean) => moved.filter(filter);
      const dots = (some: typeof moved, options: Plot.DotOptions) =>
        [-20, -10, 0, 10, 20].map((dx) => Plot.dot(some.filter((point) => Math.round(point.dx / 10) * 10 === dx), { x: "x", y: "y", dx, r: 3, ...options }));
      const title = (point: Point) => `row ${point.row}, score ${number(point.score)}, ${point.agreement}`;
      const open = { stroke: "currentColor", strokeOpacity: 0.6, title };
      return {
        width,
        height: 340,
        ...(isBand("y") ? { marginLeft: 24 + 7 * longest } : {}),
        grid: true,
        x: scale("x", x),
        y: scale("y", y),
        marks: [
          ...dots(of(({ agreement }) => /right, 1|predicted 1/.test(agreement)), { fill: "currentColor", fillOpacity: 0.45, title }),
          ...dots(of(({ agreement }) => /right, 0|predicted 0/.test(agreement)), open),
          ...dots(of(({ agreement }) => agreement === "wrong, 1"), { ...open, stroke: "var(--plus)", strokeOpacity: 1, symbol: "times", r: 4 }),
          ...dots(of(({ agreement }) => agreement === "wrong, 0"), { ...open, stroke: "var(--minus)", strokeOpacity: 1, symbol: "times", r: 4 }),
          ...dots(of((point) => point.row === row), { stroke: "currentColor", strokeWidth: 2.5, r: 8 }),
          Plot.dot(points, Plot.pointer({ x: "x", y: "y", r: 7, stroke: "currentColor" })),
        ],
      };
    },
    [points, x, y, row],
  );
  const drawn = useCallback(
    (chart: Chart) => {
      chart.addEventListener("click", () => {
        const point = chart.value as Point | null | undefined;
        if (point !== null && point !== undefined) choose(point.row);
      });
      // the mark that follows the pointer is drawn anew each time, with a name that belongs to no role
      chart.addEventListener("input", () => chart.querySelectorAll("g[aria-label]").forEach((mark) => mark.removeAttribute("aria-label")));
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- choose is a new function each time, and always does the same
    [points],
  );
  return (
    <Figure
      name="datapoints"
      title="Datapoints"
      caption="Filled: predicted 1; open: predicted 0; crosses: against the label, warm where 1 was predicted, cold where 0."
      data={() => pointsTable(points, x, y)}
    >
      <PlotFigure label={`Datapoints by ${x} and ${y}`} draw={draw} drawn={drawn} />
    </Figure>
  );
}
