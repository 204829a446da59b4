import * as Plot from "@observablehq/plot";
import { useCallback } from "react";
import { Figure } from "../../figure/Figure";
import { PlotFigure } from "../../figure/PlotFigure";
import type { ToysTrained } from "../../record/routes";
import { number } from "../../record/words";
import { stored } from "./toys";

/** How many features each toy stores, by how often they are there. */
export function StoredFigure(props: { found: ToysTrained; stepAt: number; toyAt: number }) {
  const { found, stepAt, toyAt } = props;
  const rows = found.toys.map((toy) => ({
    density: toy.density,
    stored: stored(toy.moments[stepAt]!),
    perFeature: found.asked.dimensions / toy.moments[stepAt]!.norms.reduce((sum, norm) => sum + norm * norm, 0),
  }));
  const key = JSON.stringify(rows);
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const drawn = JSON.parse(key) as typeof rows;
      return {
        width,
        height: 220,
        marginLeft: 44,
        marginRight: 96,
        x: { type: "log", reverse: true, labelArrow: "none", label: "density 1 − S, sparser to the right", tickFormat: "~g" },
        y: { label: "features stored", grid: true, domain: [0, found.asked.features], ticks: Math.min(found.asked.features, 8), tickFormat: "d" },
        marks: [
          Plot.ruleY([found.asked.dimensions], { stroke: "var(--soft)", strokeDasharray: "3 3" }),
          Plot.text([{ density: 0.01, at: found.asked.dimensions }], { x: "density", y: "at", text: () => "dimensions", textAnchor: "start", dx: 6, fill: "var(--soft)" }),
          Plot.line(drawn, { x: "density", y: "stored", stroke: "currentColor", curve: "step" }),
          Plot.dot(drawn, { x: "density", y: "stored", r: 2, fill: "currentColor" }),
          Plot.dot([drawn[toyAt]!], { x: "density", y: "stored", r: 6, stroke: "currentColor", strokeWidth: 2 }),
          Plot.tip(
            drawn,
            Plot.pointerX({
              x: "density",
              y: "stored",
              title: (row: (typeof rows)[number]) => `density ${row.density}: ${row.stored} stored, ${number(row.perFeature, 3)} dimensions a feature`,
              fill: "var(--paper)",
            }),
          ),
        ],
      };
    },
    [key, found, toyAt],
  );
  return (
    <Figure
      name="toy-stored"
      title="Features stored"
      caption="by the share of inputs that a feature is in; the ring is the toy above"
      data={() => ({
        columns: ["density", "features stored", "dimensions per feature, m/|W|²"],
        rows: rows.map((row) => [row.density, row.stored, row.perFeature]),
      })}
    >
      <PlotFigure label="Features stored by each toy, by density" draw={draw} />
    </Figure>
  );
}
