import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure } from "../../figure/PlotFigure";
import type { ContextMoment } from "../../record/routes";
import { number } from "../../record/words";

const SERIES = [
  { name: "energy", of: (moment: ContextMoment) => moment.energy, dash: "" },
  { name: "without echo", of: (moment: ContextMoment) => moment.withoutEcho, dash: "6 3" },
  { name: "out of order", of: (moment: ContextMoment) => moment.shuffled, dash: "2 3" },
] as const;

interface Point {
  series: string;
  length: number;
  energy: number;
}

/** A layer's energy by length of context, beside its controls. */
export function EnergyFigure(props: { moments: readonly ContextMoment[]; at: number; layer: number }) {
  const { moments, at, layer } = props;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const points = SERIES.map(({ name, of }) => moments.map((moment): Point => ({ series: name, length: moment.length, energy: Number(of(moment)) })));
      const all = points.flat().filter(({ energy }) => Number.isFinite(energy));
      return {
        width: Math.min(width, 460),
        height: 280,
        marginLeft: 44,
        marginRight: 16,
        x: { type: "log", label: "words of context", tickFormat: "~g", ticks: 5 },
        y: { label: "energy over chance", grid: true, zero: true, nice: true },
        marks: [
          Plot.ruleY([1], { stroke: "var(--soft)" }),
          ...SERIES.map(({ dash }, i) =>
            Plot.line(points[i]!.filter(({ energy }) => Number.isFinite(energy)), { x: "length", y: "energy", stroke: "currentColor", strokeWidth: i === 0 ? 2 : 1.2, strokeDasharray: dash }),
          ),
          Plot.dot([points[0]![at]!], { x: "length", y: "energy", r: 6, stroke: "currentColor", strokeWidth: 2 }),
          Plot.tip(
            all,
            Plot.pointer({ x: "length", y: "energy", title: (point: Point) => `${point.series}: ${number(point.energy, 3)} at ${point.length} words`, fill: "var(--paper)" }),
          ),
        ],
      };
    },
    [moments, at],
  );
  return (
    <Figure
      name="context-energy"
      title="Energy"
      caption={`layer ${layer}; solid: as it is, dashed: without the echo of the word before, dotted: walks out of order; 1 is chance`}
      data={() => ({
        columns: ["layer", "words of context", "series", "energy over chance"],
        rows: SERIES.flatMap(({ name, of }) => moments.map((moment) => [moment.layer, moment.length, name, of(moment)])),
      })}
    >
      <PlotFigure label={`Energy of layer ${layer} by words of context`} draw={draw} />
    </Figure>
  );
}
