import * as Plot from "@observablehq/plot";
import { useCallback, useMemo } from "react";
import { CircuitFigure } from "../figure/CircuitFigure";
import { Figure } from "../figure/Figure";
import { usePointing } from "../figure/pointing";
import { PlotFigure } from "../figure/PlotFigure";
import type { Circuit } from "../record/explanation";
import type { Facts } from "../record/facts";
import { kindsOf, seenFrom } from "../record/heads";
import { number, percent, visible } from "../record/words";
import { Section, type Standing } from "./Section";

/** A place is drawn where a member is needed for this share of the margin, or where it is most needed. */
const LEAST = 0.03;

/** A line is drawn from where a head looks with at least this weight. */
const LOOKS = 0.15;

/** The circuit, its faithfulness, its controls and the searches that found it. */
export function CircuitSection(props: { facts: Facts; circuit: Circuit; standing: Standing }) {
  const { facts, circuit } = props;
  const { record, members } = facts;
  const { model } = record;
  const measured = props.standing === "measured";
  const heads = record.patterns?.heads ?? null;
  const tokens = record.prompt.tokens;
  const { selection, choose } = usePointing();
  const attention = useCallback(
    (component: string, pos: number) => {
      const pattern = heads?.find((one) => one.head === component);
      return pattern === undefined ? [] : seenFrom(pattern, pos, LOOKS);
    },
    [heads],
  );

  const sets = useMemo(
    () => [
      { name: "the circuit", recovered: circuit.faithfulness, size: circuit.members.length, own: true },
      { name: "all but the circuit", recovered: circuit.without, size: circuit.of - circuit.members.length, own: false },
      { name: "embeddings alone", recovered: circuit.empty, size: 0, own: false },
      { name: "best by direct attribution", recovered: circuit.byAttribution, size: circuit.members.length, own: false },
      ...circuit.random.map((recovered) => ({
        name: `${circuit.random.length} random sets, matched`,
        recovered,
        size: circuit.members.length,
        own: false,
      })),
      ...circuit.searches.map((search) => ({
        name: `found by ${search.name}`,
        recovered: search.faithfulness,
        size: search.size,
        own: true,
      })),
    ],
    [circuit],
  );
  const draw = useCallback(
    (width: number): Plot.PlotOptions => ({
      width: Math.min(width, 640),
      height: 40 + 26 * new Set(sets.map((set) => set.name)).size,
      marginLeft: 190,
      x: { label: "share of the margin recovered", grid: true, nice: true },
      y: { label: null, domain: [...new Set(sets.map((set) => set.name))] },
      marks: [
        Plot.ruleX([0, 1], { strokeOpacity: 0.4 }),
        Plot.ruleX([circuit.target], { strokeDasharray: "2 3" }),
        Plot.dot(sets, {
          x: "recovered",
          y: "name",
          r: 4,
          stroke: "currentColor",
          fill: (set: { own: boolean }) => (set.own ? "currentColor" : "none"),
        }),
      ],
    }),
    [sets, circuit.target],
  );

  return (
    <Section
      no={4}
      title={measured && !circuit.small ? "No small circuit" : "The circuit"}
      standing={props.standing}
      told={
        <>
          <p>
            <b>
              {circuit.members.length} of {circuit.of}
            </b>{" "}
            components {circuit.small || !measured ? "recover" : "were needed to recover"}{" "}
            <span className="number">{percent(circuit.faithfulness)}</span> of the margin while everything else takes its
            value from the contrast. {percent(circuit.target)} was asked; a circuit counts as small up to a quarter of
            all components.
            {!measured && " Which they are was told by gradients, and a search may find fewer; what sets recover is measured."}
          </p>
          <p>
            A mark stands where a member is needed: its size is the share that is lost when it takes its value from the
            contrast at that position alone. Round: heads. Square: MLPs. Blue marks work against the answer. Lines lead
            from where a head looks, with a weight of {LOOKS} or more.
          </p>
          <p className="soft">
            Places that matter less than {percent(LEAST)} are left out, but for each member's first.
          </p>
        </>
      }
    >
      <Figure
        name="circuit"
        title={circuit.small || !measured ? "The circuit" : "The components that were needed"}
        caption="layers × positions"
        data={() => ({
          columns: ["component", "pos", "token", "needed"],
          rows: circuit.members.flatMap((member) => member.places.map(({ pos, needed }) => [member.component, pos, tokens[pos]!.text, needed])),
        })}
      >
        <CircuitFigure
          members={circuit.members}
          layers={model.layers}
          tokens={tokens}
          least={LEAST}
          attention={attention}
          read={(component, pos) => {
            const member = members?.get(component);
            const place = member?.places.find((one) => one.pos === pos);
            return {
              title: `${component} at position ${pos} ${visible(tokens[pos]!.text)}`,
              lines: [
                ["without it there", `${percent(place?.needed ?? 0)} less`],
                ["without it anywhere", `${percent(member?.needed ?? 0)} less`],
                ["removed from the whole", `${number(facts.effects.get(component)?.ablation ?? 0)} nats`],
                ["control of that", `${number(facts.effects.get(component)?.placebo ?? 0)} nats`],
              ],
            };
          }}
        />
      </Figure>
      <Figure
        name="controls"
        title="Against its controls and its rivals"
        caption="dashed: what was asked"
        data={() => ({
          columns: ["set", "components", "recovered"],
          rows: sets.map((set) => [set.name, set.size, set.recovered]),
        })}
      >
        <PlotFigure label="What the circuit recovers, beside its controls and the rival searches" draw={draw} />
      </Figure>
      <div className="scroll" tabIndex={0} role="region" aria-label="The searches">
        <table>
          <thead>
            <tr>
              <th>search</th>
              <th>size</th>
              <th>recovers</th>
              <th>shared</th>
              <th>runs</th>
              <th style={{ textAlign: "left" }}>how</th>
            </tr>
          </thead>
          <tbody>
            {circuit.searches.map((search) => (
              <tr key={search.name}>
                <td>{search.name}</td>
                <td>{search.size}</td>
                <td>{percent(search.faithfulness)}</td>
                <td>{search.shared}</td>
                <td>{search.forwards}</td>
                <td className="words">{search.how}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <details>
        <summary>The {circuit.members.length} members</summary>
        <table>
          <thead>
            <tr>
              <th>component</th>
              <th>lost without it</th>
              <th>most needed at</th>
              <th>kind</th>
              <th>looks most at, from the last position</th>
            </tr>
          </thead>
          <tbody>
            {[...circuit.members]
              .sort((a, b) => b.needed - a.needed)
              .map((member) => (
                <tr
                  key={member.component}
                  data-row={member.component}
                  className={member.component === selection.component ? "chosen" : ""}
                  onClick={() => choose({ component: member.component })}
                >
                  <td>{member.component}</td>
                  <td>{percent(member.needed)}</td>
                  <td>{member.places[0] === undefined ? "" : `${member.places[0].pos} ${visible(tokens[member.places[0].pos]!.text)}`}</td>
                  <td>{kindsOf(record.kinds, member.component).map((kind) => kind.name).join(", ")}</td>
                  <td>
                    {member.reads < 0 ? "" : `${member.reads} ${visible(tokens[member.reads]!.text)} (${number(member.pattern, 2)})`}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </Section>
  );
}
