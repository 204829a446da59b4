import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure } from "../../figure/PlotFigure";

/** A number at a step of training. */
export interface Reading {
  step: number;
  value: number;
  /** Which line it belongs to. */
  line: string;
}

/** Numbers over the steps of training, a line for each kind. */
export function CurveFigure(props: {
  name: string;
  title: string;
  caption?: string;
  unit: string;
  readings: readonly Reading[];
  log?: boolean;
  domain?: [number, number];
}) {
  const { readings, unit, log, domain } = props;
  const [low, high] = domain ?? [];
  const lines = [...new Set(readings.map((reading) => reading.line))];
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      width,
      height: 240,
      marginLeft: 56,
      marginRight: lines.length > 1 ? 110 : 24,
      x: { label: "step", labelAnchor: "right" },
      y: { label: unit, grid: true, ...(log ? { type: "log" as const, tickFormat: "~g" } : {}), ...(low !== undefined && high !== undefined ? { domain: [low, high] } : {}) },
      marks: [
        Plot.line(readings, { x: "step", y: "value", z: "line", stroke: "currentColor", strokeWidth: 1.5 }),
        Plot.dot(readings, { x: "step", y: "value", r: 1.6, fill: "currentColor" }),
        ...(lines.length > 1
          ? [Plot.text(readings, Plot.selectLast({ x: "step", y: "value", z: "line", text: "line", textAnchor: "start", dx: 6, fill: "currentColor" }))]
          : []),
        Plot.tip(readings, Plot.pointerX({ x: "step", y: "value", title: (one: Reading) => `step ${one.step}: ${one.line} ${one.value.toPrecision(4)}`, fill: "var(--paper)" })),
      ],
    }),
    [readings, unit, log, low, high, lines.length],
  );
  return (
    <Figure
      name={props.name}
      title={props.title}
      caption={props.caption}
      data={() => ({
        columns: ["step", "line", unit],
        rows: readings.map(({ step, line, value }) => [step, line, value]),
      })}
    >
      <PlotFigure label={`${props.title}, by step`} draw={draw} />
    </Figure>
  );
}
