import { useState } from "react";
import { usePointing } from "../../figure/pointing";
import { effectOf } from "../../record/questions";
import type { SweepFacts } from "../../record/sweepFacts";
import { favoursContrast } from "../../record/sweepWords";
import { number, visible } from "../../record/words";
import { Section } from "../Section";

const FIRST = 12;

/** The pairs that were asked, and what the chosen question does on each. */
export function PairsSection(props: { facts: SweepFacts; no: number }) {
  const { record, answers } = props.facts;
  const { asked, extent, pairs } = record;
  const { selection, show } = usePointing();
  const [all, setAll] = useState(false);
  const chosen = selection.question === null ? undefined : answers.get(selection.question);
  const shown = pairs.filter((_, i) => all || i < FIRST || i === selection.pair);
  const many = extent.pairs > 1;
  const reversed = favoursContrast(record);
  return (
    <Section
      no={props.no}
      title={many ? "The pairs" : "The pair"}
      told={
        <>
          <p>
            The metric of the unedited runs, {asked.what}
            {asked.what.includes(asked.unit) ? "" : `, ${asked.unit}`}.
          </p>
          {many && <p>Choose a row to see that pair alone in all figures{chosen === undefined ? "; choose a mark to see its effect here" : ""}.</p>}
          {reversed.length > 0 && (
            <p>
              In {reversed.length === 1 ? "pair" : "pairs"} {reversed.map((pair) => pair.index).join(", ")} the contrast
              favours the answer at least as much as the prompt does, so there is nothing to recover.
            </p>
          )}
          {pairs.length < extent.pairs && (
            <p className="soft">
              The page carries the first {pairs.length} of {extent.pairs} pairs; means, intervals and p are of all.
            </p>
          )}
        </>
      }
    >
      <div className="scroll" tabIndex={0} role="region" aria-label="Pairs">
        <table>
          <thead>
            <tr>
              <th>pair</th>
              <th style={{ textAlign: "left" }}>prompt</th>
              <th>answer</th>
              <th>against</th>
              <th>on prompt</th>
              <th>on contrast</th>
              {chosen !== undefined && <th>{chosen.text}</th>}
            </tr>
          </thead>
          <tbody>
            {shown.map((pair) => {
              const effect = chosen === undefined ? null : effectOf(chosen, pair.index);
              return (
                <tr
                  key={pair.index}
                  data-row={`pair-${pair.index}`}
                  className={pair.index === selection.pair ? "chosen" : ""}
                  onClick={() => many && show(pair.index === selection.pair ? null : pair.index)}
                >
                  <td>{pair.index}</td>
                  <td className="words">{pair.prompt}</td>
                  <td>{visible(pair.answer)}</td>
                  <td>{visible(pair.against)}</td>
                  <td>{number(pair.onPrompt)}</td>
                  <td>{number(pair.onContrast)}</td>
                  {chosen !== undefined && <td>{effect === null ? "" : number(effect)}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {pairs.length > FIRST && (
        <button className="screen" style={{ marginTop: 8 }} onClick={() => setAll(!all)}>
          {all ? `the first ${FIRST}` : `all ${pairs.length} pairs`}
        </button>
      )}
    </Section>
  );
}
