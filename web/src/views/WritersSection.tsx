import * as Plot from "@observablehq/plot";
import { useCallback, useMemo, useState } from "react";
import { ComponentGrid } from "../figure/ComponentGrid";
import { Figure } from "../figure/Figure";
import { usePointing } from "../figure/pointing";
import { PlotFigure, type Chart } from "../figure/PlotFigure";
import { Scale } from "../figure/TokenMap";
import type { Attribution, Effect } from "../record/explanation";
import { estimate, largest, type Facts } from "../record/facts";
import { number } from "../record/words";
import { componentReading } from "./reading";
import { Section, type Standing } from "./Section";

const FIRST = 12;

/** Who writes the answer: direct attribution beside measured ablation. */
export function WritersSection(props: { facts: Facts; attribution: Attribution; standing: Standing }) {
  const { facts, attribution } = props;
  const { effects, members } = facts;
  const { model } = facts.record;
  const { selection, choose, point } = usePointing();
  const max = useMemo(() => largest(attribution.components.map((effect) => effect.ablation)), [attribution]);
  const direct = attribution.components.reduce((sum, effect) => sum + effect.direct, 0);

  const data = () => ({
    columns: ["component", "direct_nats", "removed_nats", "control_nats", "restored"],
    rows: attribution.components.map((one) => [one.component, one.direct, one.ablation, one.placebo, one.restoring]),
  });
  const chosen = selection.component;
  const draw = useCallback(
    (width: number): Plot.PlotOptions => {
      const named = [...attribution.components]
        .sort((a, b) => Math.abs(b.ablation) + Math.abs(b.direct) - Math.abs(a.ablation) - Math.abs(a.direct))
        .slice(0, 10)
        .concat(attribution.components.filter((effect) => effect.component === chosen));
      return {
        width: Math.min(width, 640),
        height: 300,
        marginLeft: 46,
        marginRight: 48,
        inset: 8,
        grid: true,
        x: { label: "writes itself (direct), nats" },
        y: { label: "margin lost when removed, nats" },
        marks: [
          Plot.ruleX([0], { strokeOpacity: 0.4 }),
          Plot.ruleY([0], { strokeOpacity: 0.4 }),
          Plot.rect([attribution.threshold], {
            y1: (size: number) => -size,
            y2: (size: number) => size,
            fill: "currentColor",
            fillOpacity: 0.06,
          }),
          Plot.dot(attribution.components, {
            x: "direct",
            y: "ablation",
            r: (effect: Effect) => (effect.component === chosen ? 6 : 3),
            symbol: (effect: Effect) => (effect.component.startsWith("MLP") ? "square" : "circle"),
            stroke: "currentColor",
            strokeWidth: (effect: Effect) => (effect.component === chosen ? 2.5 : 1),
            fill: (effect: Effect) => (members?.has(effect.component) === true ? "currentColor" : "none"),
            fillOpacity: 0.85,
          }),
          Plot.dot(attribution.components, Plot.pointer({ x: "direct", y: "ablation", r: 6, stroke: "currentColor" })),
          Plot.text(named, { x: "direct", y: "ablation", text: "component", dx: 8, textAnchor: "start", fontSize: 10 }),
        ],
      };
    },
    [attribution, members, chosen],
  );
  const listen = useCallback(
    (chart: Chart) => {
      const under = () => (chart.value as Effect | null | undefined)?.component;
      chart.style.cursor = "pointer";
      chart.addEventListener("pointermove", (event) => {
        const name = under();
        const at = event as PointerEvent;
        point(name === undefined ? null : { x: at.clientX, y: at.clientY, reading: componentReading(facts, name) });
      });
      chart.addEventListener("pointerleave", () => point(null));
      chart.addEventListener("click", () => {
        const name = under();
        if (name !== undefined) choose({ component: name });
      });
    },
    [facts, point, choose],
  );
  return (
    <Section
      no={3}
      title="Who writes it"
      standing={props.standing}
      told={
        <>
          <p>
            <b>Direct</b>: what a head or MLP itself writes towards the answer at the last position, through the final
            norm as it stood. All direct parts, <span className="number">{number(direct, 2)}</span> from components,{" "}
            <span className="number">{number(attribution.embedding, 2)}</span> from embeddings and{" "}
            <span className="number">{number(attribution.biases, 2)}</span> from biases, add up to the margin.
          </p>
          <p>
            <b>Removed</b>: the margin that is lost when the component takes its value from the contrast.
            {props.standing === "measured" && " That is measured; direct attribution alone is not."}
          </p>
          <p>
            <b>Control</b>: as large a change in a random direction; at most{" "}
            <span className="number">{number(attribution.threshold)}</span> nats in size (shaded; smaller effects are
            faint).
          </p>
          <p className="soft">Framed, or filled in the chart: members of the circuit{estimate(facts, "CIRCUIT")}.</p>
        </>
      }
    >
      <div className="pair">
        <Figure
          name="ablation"
          title="Margin lost when removed"
          caption={<Scale max={max} signed unit="nats" format={(value) => number(value, 1)} />}
          data={data}
        >
          <ComponentGrid
            label="Ablation: layers by heads and MLPs"
            layers={model.layers}
            heads={model.heads}
            mlps
            max={max}
            threshold={attribution.threshold}
            value={(component) => effects.get(component)?.ablation ?? null}
            member={(component) => members?.has(component) === true}
            read={(component) => componentReading(facts, component)}
          />
        </Figure>
        <Figure name="direct-removed" title="Direct beside removed" data={data}>
          <PlotFigure label={`Direct attribution beside ablation${estimate(facts, "ATTRIBUTION")}, by component`} draw={draw} drawn={listen} />
        </Figure>
      </div>
      <Table facts={facts} chosen={chosen} choose={(component) => choose({ component })} />
    </Section>
  );
}

function Table(props: { facts: Facts; chosen: string | null; choose: (component: string) => void }) {
  const [all, setAll] = useState(false);
  const ordered = useMemo(
    () => [...props.facts.effects.values()].sort((a, b) => Math.abs(b.ablation) - Math.abs(a.ablation)),
    [props.facts],
  );
  const shown = all ? ordered : ordered.filter((effect, i) => i < FIRST || effect.component === props.chosen);
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Components by effect">
        <table>
          <thead>
            <tr>
              <th>component</th>
              <th>direct, nats</th>
              <th>removed, nats</th>
              <th>control, nats</th>
              <th>restored</th>
              <th>member</th>
            </tr>
          </thead>
          <tbody className="long">
            {shown.map((effect) => (
              <tr
                key={effect.component}
                data-row={effect.component}
                className={effect.component === props.chosen ? "chosen" : ""}
                onClick={() => props.choose(effect.component)}
              >
                <td>{effect.component}</td>
                <td>{number(effect.direct)}</td>
                <td>{number(effect.ablation)}</td>
                <td>{number(effect.placebo)}</td>
                <td>{number(effect.restoring, 2)}</td>
                <td>{props.facts.members?.has(effect.component) === true ? "●" : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <button className="screen" style={{ marginTop: 8 }} onClick={() => setAll(!all)}>
        {all ? `the first ${FIRST}` : `all ${ordered.length} components`}
      </button>
    </>
  );
}
