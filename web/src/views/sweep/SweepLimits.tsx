import { saveText } from "../../figure/save";
import { sweepCsv } from "../../record/rows";
import type { SweepFacts } from "../../record/sweepFacts";
import { leavesOpen } from "../../record/sweepWords";
import { count } from "../../record/words";
import { Section } from "../Section";

/** What was not shown, and how to do it all again. */
export function SweepLimits(props: { facts: SweepFacts; no: number }) {
  const { record } = props.facts;
  const { extent, asked, answers } = record;
  const measured = !["attribution", "eap", "eap-ig", "ig", "smoothgrad", "dla", "lens", "rollout"].includes(asked.method);
  const left = extent.rows - extent.carriedRows;
  return (
    <Section
      no={props.no}
      title="What was not shown"
      told={<p className="soft">A claim holds for what was run, and no further.</p>}
    >
      <ul className="limits">
        <li>
          {extent.pairs === 1
            ? "One prompt against one contrast: other prompts may use other parts."
            : `${extent.pairs} pairs of ${record.file}${extent.independent === extent.pairs ? "" : `, ${extent.independent} of them independent`}: prompts of another kind, or other contrasts, ask another question.`}
        </li>
        {leavesOpen(record).map((text) => (
          <li key={text}>{text}</li>
        ))}
        {measured && <li>What cannot reach the metric, by the wiring of the model, has the effect 0 and was not run.</li>}
        {props.facts.tells && (
          <li>
            p is corrected for the {count(extent.questions)} questions of this sweep, not for sweeps that were tried before it.
          </li>
        )}
        {answers.length < extent.questions && (
          <li>
            The page carries the {count(answers.length)} largest of {count(extent.questions)} questions; where a figure is blank, the
            effect is smaller than those. The file of <code>--out</code> has all.
          </li>
        )}
        {left > 0 && (
          <li>
            Of {count(extent.rows)} effects on single pairs the page carries {count(extent.carriedRows)}, those of the questions with
            the largest means; the statistics are of all. The file of <code>--out</code> has all.
          </li>
        )}
      </ul>
      <h3 style={{ fontSize: "var(--t3)", margin: "24px 0 8px" }}>Repeat it</h3>
      <pre className="repeat">{record.repeat.command}</pre>
      <div className="screen" style={{ display: "flex", gap: 4, flexWrap: "wrap" }}>
        <button onClick={() => saveText(`${JSON.stringify(record, null, 2)}\n`, "sweep.json", "application/json")}>
          record, JSON
        </button>
        {sweepCsv(record).map((table) => (
          <button key={table.name} onClick={() => saveText(table.text(), table.name, "text/csv")}>
            {table.name}
          </button>
        ))}
        <button onClick={() => print()}>print</button>
      </div>
    </Section>
  );
}

