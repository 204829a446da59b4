import * as Plot from "@observablehq/plot";
import { useCallback, useMemo } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure, type Chart } from "../../figure/PlotFigure";
import { usePointing } from "../../figure/pointing";
import { columnKey, effectOf, tokensIn, type Column, type Group } from "../../record/questions";
import type { Answer } from "../../record/sweep";
import type { SweepFacts } from "../../record/sweepFacts";
import { short, visible } from "../../record/words";
import { questionReading } from "./reading";
import { captionOf, fileOf } from "./shown";

const DASHES = ["", "6 3", "2 2", "8 3 2 3", "1 3", "10 4"];

interface Point {
  layer: number;
  effect: number;
  low: number | undefined;
  high: number | undefined;
  column: string;
  label: string;
  answer: Answer;
}

/** Effects over layers, a line for each position, with the interval of a mean as a band. */
export function ProfileFigure(props: { facts: SweepFacts; group: Group; columns: readonly Column[]; pair: number | null }) {
  const { facts, group, columns, pair } = props;
  const { record } = facts;
  const { selection, choose, point } = usePointing();
  const chosen = selection.question;
  const points = useMemo(
    (): Point[] =>
      [...group.answers]
        .sort((a, b) => (a.layer ?? 0) - (b.layer ?? 0))
        .flatMap((answer) => {
          const effect = effectOf(answer, pair);
          const column = columns.find((one) => one.key === columnKey(answer));
          if (effect === null || column === undefined) return [];
          const label = pair === null || column.key === "all" ? column.label : visible(tokensIn(column.key, record.pairs[pair]!));
          const sure = pair === null ? { low: answer.low, high: answer.high } : { low: undefined, high: undefined };
          return [{ layer: answer.layer ?? 0, effect, ...sure, column: column.key, label, answer }];
        }),
    [group, columns, pair, record],
  );
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const lines = columns.map((column) => points.filter((one) => one.column === column.key));
      const banded = points.filter((one) => one.low !== undefined && one.high !== undefined);
      return {
        width: Math.min(width, 640),
        height: 350,
        marginLeft: 46,
        marginRight: 16,
        marginTop: 24,
        x: { label: "layer", tickFormat: "d", interval: 1, ticks: Math.min(8, group.layers.last - group.layers.first + 1) },
        y: { label: `effect, ${record.asked.unit}`, grid: true, nice: true },
        marks: [
          Plot.ruleY([0], { strokeOpacity: 0.5 }),
          Plot.areaY(banded, { x: "layer", y1: "low", y2: "high", z: "column", fill: "currentColor", fillOpacity: 0.09 }),
          ...lines.map((line, i) =>
            Plot.line(line, {
              x: "layer",
              y: "effect",
              stroke: "currentColor",
              strokeWidth: 1.5,
              strokeDasharray: DASHES[i % DASHES.length]!,
            }),
          ),
          Plot.dot(points, { x: "layer", y: "effect", r: 2, fill: "currentColor" }),
          Plot.dot(points.filter((one) => one.answer.text === chosen), {
            x: "layer",
            y: "effect",
            r: 6,
            stroke: "currentColor",
            strokeWidth: 2,
          }),
          Plot.dot(points, Plot.pointer({ x: "layer", y: "effect", r: 6, stroke: "currentColor" })),
          ...(columns.length === 1
            ? []
            : [
                Plot.text(
                  lines.flatMap((line) => {
                    const top = [...line].sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))[0];
                    return top === undefined ? [] : [top];
                  }),
                  {
                    x: "layer",
                    y: "effect",
                    text: (one: Point) => short(one.label, 14),
                    dy: -11,
                    fontWeight: 600,
                    stroke: "var(--sheet)",
                    fill: "currentColor",
                  },
                ),
              ]),
        ],
      };
    },
    [points, columns, chosen, group, record],
  );
  const listen = useCallback(
    (chart: Chart) => {
      const under = () => (chart.value as Point | null | undefined)?.answer;
      chart.style.cursor = "pointer";
      chart.addEventListener("pointermove", (event) => {
        const answer = under();
        const at = event as PointerEvent;
        point(answer === undefined ? null : { x: at.clientX, y: at.clientY, reading: questionReading(record, answer, pair) });
      });
      chart.addEventListener("pointerleave", () => point(null));
      chart.addEventListener("click", () => {
        const answer = under();
        if (answer !== undefined) choose({ question: answer.text });
      });
    },
    [record, pair, point, choose],
  );
  const shaded = pair === null && points.some((one) => one.low !== undefined);
  return (
    <Figure
      name={fileOf(group, "by-layer")}
      title={columns.length === 1 ? group.key : `${group.key} over layers`}
      caption={`${columns.length === 1 ? captionOf(facts, { ...group, kind: "list" }, pair) : ""}${shaded ? `${columns.length === 1 ? "; " : ""}shaded: 95 % intervals` : ""}`}
    >
      <PlotFigure label={`${group.key}: effects over layers`} draw={draw} drawn={listen} />
    </Figure>
  );
}
