import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure, type Chart } from "../../figure/PlotFigure";
import type { Token } from "../../record/explanation";
import type { JointMap } from "../../record/routes";
import { number, percent, visible } from "../../record/words";

interface Point {
  x: number;
  y: number;
  pos: number;
  kind: "query" | "key";
  text: string;
}

/** Points whose names do not lie on those of others; of a heap, the first. */
function apart(points: readonly Point[]): Point[] {
  const left = Math.min(...points.map(({ x }) => x));
  const right = Math.max(...points.map(({ x }) => x));
  const low = Math.min(...points.map(({ y }) => y));
  const high = Math.max(...points.map(({ y }) => y));
  const named: Point[] = [];
  for (const point of points) {
    const isCovered = named.some(
      (other) => Math.abs(point.x - other.x) < 0.1 * (right - left) && Math.abs(point.y - other.y) < 0.035 * (high - low),
    );
    if (!isCovered) named.push(point);
  }
  return named;
}

/** Queries and keys of a head on one map: what lies near looks near. */
export function JointMapFigure(props: {
  name: string;
  map: JointMap;
  tokens: readonly Token[];
  pos: number | null;
  onChoose: (pos: number) => void;
}) {
  const { map, tokens, pos, onChoose, name } = props;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const points: Point[] = [
        ...map.keys.map(([x, y], i): Point => ({ x: x!, y: y!, pos: i, kind: "key", text: visible(tokens[i]!.text) })),
        ...map.queries.map(([x, y], i): Point => ({ x: x!, y: y!, pos: i, kind: "query", text: visible(tokens[i]!.text) })),
      ];
      const few = tokens.length <= 40;
      return {
        width: Math.min(width, 560),
        height: 380,
        margin: 24,
        marginRight: few ? 72 : 24,
        x: { axis: null },
        y: { axis: null },
        style: "border: 1px solid var(--hair)",
        marks: [
          Plot.dot(points, {
            x: "x",
            y: "y",
            r: few ? 3.5 : 2.2,
            symbol: (point: Point) => (point.kind === "query" ? "circle" : "square"),
            stroke: "currentColor",
            strokeWidth: (point: Point) => (point.pos === pos ? 2.5 : 0.8),
            fill: (point: Point) => (point.kind === "query" ? "none" : "currentColor"),
            fillOpacity: 0.75,
          }),
          Plot.text(few ? apart(points) : points.filter((point) => point.pos === pos), {
            x: "x",
            y: "y",
            text: "text",
            dx: 6,
            textAnchor: "start",
            fontSize: 10,
          }),
          Plot.tip(points, Plot.pointer({ x: "x", y: "y", title: (point: Point) => `${point.kind} ${point.pos} ${point.text}`, fill: "var(--paper)" })),
        ],
      };
    },
    [map, tokens, pos],
  );
  const listen = useCallback(
    (chart: Chart) => {
      chart.addEventListener("click", () => {
        const at = (chart.value as Point | null | undefined)?.pos;
        if (at !== undefined) onChoose(at);
      });
    },
    [onChoose],
  );
  return (
    <Figure
      name="queries-keys"
      title="Queries and keys on one map"
      data={() => ({
        columns: ["kind", "pos", "token", "x", "y"],
        rows: (["query", "key"] as const).flatMap((kind) =>
          (kind === "query" ? map.queries : map.keys).map(([x, y], at) => [kind, at, tokens[at]!.text, x!, y!]),
        ),
      })}
      caption={`○ queries, ■ keys; what lies near looks near as far as r says, 1 all the way, 0 or below not at all: r = ${number(map.correlation, 2)} between nearness and score (${number(map.unscaled, 2)} before both are scaled by ${number(map.c, 2)}); this plane keeps ${percent(map.share)} of the variance.`}
    >
      <PlotFigure label={`Queries and keys of ${name}`} draw={draw} drawn={listen} />
    </Figure>
  );
}
