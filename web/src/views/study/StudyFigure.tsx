import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure } from "../../figure/PlotFigure";
import { spread } from "../../layout/spread";
import type { Axis, Bars, Curves, Figure as Drawn, Grid } from "../../record/study";
import type { Table } from "../../record/tables";
import { measured } from "../../record/studyWords";

/** A figure of a study, drawn from its data. */
export function StudyFigure(props: { name: string; figure: Drawn }) {
  const { plot, title, caption } = props.figure;
  const draw = useCallback((width: number) => options(plot, width), [plot]);
  return (
    <Figure name={props.name} title={title} caption={caption} data={() => table(plot)}>
      <PlotFigure label={title} draw={draw} />
    </Figure>
  );
}

function table(plot: Drawn["plot"]): Table {
  switch (plot.kind) {
    case "curves":
      return {
        columns: ["series", plot.x.label, plot.y.label],
        rows: plot.series.flatMap((series) => series.x.map((x, i) => [series.name, x, series.y[i]!])),
      };
    case "bars":
      return { columns: ["name", plot.x.label], rows: plot.names.map((name, i) => [name, plot.values[i]!]) };
    case "grid":
      return {
        columns: [plot.x.label, plot.y.label, plot.unit],
        rows: plot.ys.flatMap((y, row) => plot.xs.map((x, column) => [x, y, plot.values[row]![column]!])),
      };
  }
}

function options(plot: Drawn["plot"], width: number): Plot.PlotOptions {
  switch (plot.kind) {
    case "curves":
      return curves(plot, width);
    case "bars":
      return bars(plot, width);
    case "grid":
      return grid(plot, width);
  }
}

interface Point {
  x: number;
  y: number;
  series: string;
}

/** Lines are told apart by their dashes and their names, not by colour alone. */
const DASHES = ["", "6 3", "2 3", "8 3 2 3", "1 2", "10 4"];

function curves(plot: Curves, width: number): Plot.PlotOptions {
  const points = (style: string): Point[] =>
    plot.series
      .filter((series) => series.style === style)
      .flatMap((series) => series.x.map((x, i) => ({ x: Number(x), y: Number(series.y[i]), series: series.name })))
      .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const lines = points("LINE").sort((a, b) => a.x - b.x);
  const dots = points("POINTS");
  const references = points("REFERENCE").sort((a, b) => a.x - b.x);
  const order = plot.series.map((series) => series.name);
  const dash = (name: string) => DASHES[order.indexOf(name) % DASHES.length] ?? "";
  return {
    width,
    height: 290,
    marginLeft: 60,
    marginBottom: 40,
    marginRight: 24 + 7 * Math.max(8, ...plot.series.map((series) => series.name.length)),
    x: { ...scale(plot.x), labelAnchor: "center" }, // to the right are the names of lines
    y: { ...scale(plot.y), grid: true },
    marks: [
      Plot.line(references, { x: "x", y: "y", z: "series", stroke: "var(--soft)", strokeDasharray: "3 3" }),
      ...order
        .map((name) => lines.filter((point) => point.series === name))
        .filter((own) => own.length > 0)
        .map((own) => Plot.line(own, { x: "x", y: "y", stroke: "currentColor", strokeWidth: 1.5, strokeDasharray: dash(own[0]!.series) })),
      Plot.dot(lines, { x: "x", y: "y", r: 1.8, fill: "currentColor" }),
      Plot.dot(dots, { x: "x", y: "y", r: 2.5, stroke: "currentColor", symbol: "series" }),
      ...endLabels([...lines, ...references], dots, plot.y.logarithmic),
      Plot.tip([...lines, ...dots], Plot.pointer({ x: "x", y: "y", title: (at: Point) => `${at.series}: ${measured(at.y)} at ${measured(at.x)}`, fill: "var(--paper)" })),
    ],
    ...(new Set(dots.map((dot) => dot.series)).size > 1 ? { symbol: { legend: true } } : {}),
  };
}

/** How high a drawing of curves is without its margins, and a line of its labels. */
const INNER = 230;
const LINE = 14;

/** The name of each series at its end, moved apart where several end at one place. */
function endLabels(drawn: Point[], dots: Point[], logarithmic: boolean): Plot.Markish[] {
  const ends = [...new Map(drawn.map((point) => [point.series, point])).values()];
  const up = (y: number) => (logarithmic ? Math.log(y) : y);
  const all = [...drawn, ...dots].map((point) => up(point.y)).filter(Number.isFinite);
  const low = Math.min(...all);
  const range = Math.max(1e-12, Math.max(...all) - low);
  const moved = spread(ends.map((point) => (1 - (up(point.y) - low) / range) * INNER), LINE, 0);
  return ends.map((point, i) =>
    Plot.text([point], { x: "x", y: "y", text: "series", textAnchor: "start", dx: 6, dy: moved[i]!, fill: "currentColor" }),
  );
}

function scale(axis: Axis): Plot.ScaleOptions {
  return { label: axis.label, ...(axis.logarithmic ? { type: "log" as const, tickFormat: "~g" } : {}) };
}

function bars(plot: Bars, width: number): Plot.PlotOptions {
  const rows = plot.names.map((name, i) => ({ name, value: Number(plot.values[i]) }));
  return {
    width,
    height: 50 + 24 * rows.length,
    marginBottom: 40,
    marginLeft: Math.min(0.6 * width, 16 + 8 * Math.max(...rows.map((row) => row.name.length))),
    marginRight: 60,
    x: { ...scale(plot.x), grid: true },
    y: { label: null, domain: plot.names },
    marks: [
      Plot.barX(rows, { x: "value", y: "name", fill: "currentColor", insetTop: 5, insetBottom: 5 }),
      Plot.text(rows, { x: "value", y: "name", text: (row: { value: number }) => measured(row.value), textAnchor: "start", dx: 5 }),
      Plot.ruleX([0]),
    ],
  };
}

interface Cell {
  x: string;
  y: string;
  value: number;
}

function grid(plot: Grid, width: number): Plot.PlotOptions {
  const cells: Cell[] = plot.ys.flatMap((y, row) =>
    plot.xs.map((x, column) => ({ x, y, value: Number(plot.values[row]?.[column]) })),
  );
  const there = cells.filter((cell) => Number.isFinite(cell.value));
  const most = Math.max(1e-12, ...there.map((cell) => Math.abs(cell.value)));
  const areWhole = there.every((cell) => Number.isInteger(cell.value));
  const side = Math.min(32, (Math.min(width, 640) - 80) / Math.max(1, plot.xs.length));
  const longest = (labels: string[]) => Math.max(...labels.map((label) => label.length));
  const leans = plot.xs.length > 8 || 8 * longest(plot.xs) > side;
  const left = Math.max(80, 36 + 8 * longest(plot.ys));
  const below = 46 + (leans ? Math.max(0, 6 * longest(plot.xs) - 12) : 0);
  return {
    width: Math.min(width, left + 16 + side * plot.xs.length),
    height: 24 + below + side * plot.ys.length,
    marginLeft: left,
    marginBottom: below,
    x: { label: plot.x.label, domain: plot.xs, tickRotate: leans ? -45 : 0 },
    y: { label: plot.y.label, domain: plot.ys },
    marks: [
      // Colours of the page are variables, which no scale can mix: the size of a value is how opaque its cell is.
      Plot.cell(there, {
        x: "x",
        y: "y",
        inset: 0.5,
        fill: { value: (cell: Cell) => (cell.value < 0 ? "var(--minus)" : "var(--plus)"), scale: null },
        fillOpacity: { value: (cell: Cell) => 0.08 + 0.92 * Math.abs(cell.value / most), scale: null },
      }),
      ...(areWhole && side >= 16 ? [Plot.text(there, { x: "x", y: "y", text: (cell: Cell) => String(cell.value), fill: "currentColor" })] : []),
      Plot.tip(there, Plot.pointer({ x: "x", y: "y", title: (cell: Cell) => `${cell.x}, ${cell.y}: ${measured(cell.value)} ${plot.unit}`, fill: "var(--paper)" })),
    ],
  };
}
