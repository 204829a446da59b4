import { saveText } from "../figure/save";
import type { Explanation } from "../record/explanation";
import { csv, whole } from "../record/facts";
import { percent, visible } from "../record/words";
import { Section } from "./Section";

/** What was not shown, and how to do it all again. */
export function LimitsSection(props: { record: Explanation }) {
  const { record } = props;
  const { circuit, contrast, answer } = record;
  const reached = circuit.searches.filter((search) => search.faithfulness >= circuit.target);
  const gaveUp = circuit.searches.filter((search) => search.faithfulness < circuit.target);
  const shared = Math.min(...reached.map((search) => search.shared));
  const alike = shared === circuit.members.length;
  return (
    <Section
      no={7 + record.features.length}
      title="What was not shown"
      told={<p className="soft">A claim holds for what was run, and no further.</p>}
    >
      <ul className="limits">
        <li>
          One prompt against one contrast ({contrast.kind}). Another contrast asks another question, and may find other
          components.
        </li>
        <li>
          One measure: <code>{visible(answer.text)}</code> against <code>{visible(answer.rivalText)}</code>. What
          raises both alike is not seen.
        </li>
        <li>
          Whole heads and MLPs. Which of them feed which, and what they write in which direction, was not tested.
        </li>
        <li>
          {percent(1 - circuit.faithfulness)} of the margin is not explained by the {circuit.members.length} components.
          {circuit.without > 0.2 && ` Without them the rest still recovers ${percent(circuit.without)}: there is a second way.`}
        </li>
        {gaveUp.map((search) => (
          <li key={search.name}>
            {search.name} gave up at {search.size} components, which recover {percent(search.faithfulness)}.
          </li>
        ))}
        {reached.length > 1 && (
          <li>
            {alike
              ? `${reached.length} searches found the same members.`
              : `${reached.length} searches found different sets that do as well; ${shared} members are in both. The circuit is one of several.`}
          </li>
        )}
        <li>The kinds of heads say what a head does on random tokens and by its weights; here it may do something else.</li>
        <li>The direct parts take the final norm as it stood; the ablations do not.</li>
      </ul>
      <h3 style={{ fontSize: "var(--t3)", margin: "24px 0 8px" }}>Repeat it</h3>
      <pre className="repeat">{record.repeat.command}</pre>
      <p style={{ fontSize: "var(--t2)" }}>
        The edits that leave only the circuit at work stand in the record under <code>circuit.edits</code>; give them to{" "}
        <code>cutaway run --edit</code>. Choose a cell, a head or an MLP to see its own edit.
      </p>
      <div className="screen" style={{ display: "flex", gap: 4, flexWrap: "wrap" }}>
        <button onClick={() => saveText(`${JSON.stringify(whole(record), null, 2)}\n`, "explain.json", "application/json")}>
          record, JSON
        </button>
        {csv(record).map((table) => (
          <button key={table.name} onClick={() => saveText(table.text, table.name, "text/csv")}>
            {table.name}
          </button>
        ))}
        <button onClick={() => print()}>print</button>
      </div>
    </Section>
  );
}
