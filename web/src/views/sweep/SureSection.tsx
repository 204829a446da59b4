import { useState } from "react";
import { Figure } from "../../figure/Figure";
import { usePointing } from "../../figure/pointing";
import { RankedFigure, type Ranked } from "../../figure/RankedFigure";
import { effectOf, effectsByPair, recoveredOf, valueAt } from "../../record/questions";
import type { Answer } from "../../record/sweep";
import type { SweepFacts } from "../../record/sweepFacts";
import { count, number } from "../../record/words";
import { Section } from "../Section";
import { questionReading } from "./reading";
import { misaligned } from "./shown";

const FIRST = 12;

/** A table gets long: the record has the rest. */
const MOST = 400;

/** The largest effects, and how surely they are what they seem. */
export function SureSection(props: { facts: SweepFacts; no: number }) {
  const { facts } = props;
  const { record, answers } = facts;
  const { asked, extent, chosen } = record;
  const { selection, choose } = usePointing();
  const pair = extent.pairs === 1 ? 0 : selection.pair;
  const held = chosen.length > 0;
  const one = extent.pairs === 1;
  const marked = selection.question === null ? undefined : answers.get(selection.question);

  const first = record.answers.slice(0, FIRST);
  const rows: Ranked[] = held
    ? chosen.map((of) => {
        const answer = answers.get(of.text);
        return {
          id: of.text,
          label: of.text,
          value: of.mean ?? null,
          low: of.low,
          high: of.high,
          other: of.selectionMean,
          dots: answer === undefined ? [] : effectsByPair(record, answer),
        };
      })
    : first.map((answer) => row(facts, answer));
  if (marked !== undefined && !rows.some((of) => of.id === marked.text)) rows.push(row(facts, marked));

  return (
    <Section
      no={props.no}
      title={one || asked.pooled !== undefined ? "The largest effects" : "How sure it is"}
      told={
        <>
          {held && (
            <p>
              Half of the pairs chose these questions (hollow marks: their means there, flattered by the choice); the
              other half, which had no say, gives the filled marks, their 95 % intervals and p, corrected for these{" "}
              {chosen.length} questions.
            </p>
          )}
          {!held && !one && asked.pooled === undefined && (
            <p>
              Marks are means over pairs, lines their 95 % bootstrap intervals (BCa), rings single pairs
              {extent.independent === extent.pairs ? "" : "; pairs of one group count as one"}. p is of sign flips over
              pairs, corrected for all {count(extent.questions)} questions (step-down maximum).
            </p>
          )}
          {!held && !one && asked.pooled === undefined && (
            <p>These were chosen because they are the largest, which flatters them; from 12 independent pairs on, half are held out.</p>
          )}
          {asked.pooled !== undefined && !one && (
            <p>
              Marks are means over the pairs in which the search found the site, rings those pairs. They were chosen by
              their size, so no p is given.
            </p>
          )}
          {one && <p>One pair cannot tell what holds for other prompts; give more.</p>}
          {facts.tells && (
            <p>
              Of {count(extent.questions)} questions, <b>{extent.sure}</b> are told from chance (p at most {extent.level}).
            </p>
          )}
          {!facts.tells && !one && asked.pooled === undefined && (
            <p>
              So few independent pairs cannot tell any effect from chance: the smallest p that they allow is{" "}
              {number(extent.smallestP)}. Give at least 6.
            </p>
          )}
          {misaligned(facts) && !one && (
            <p>A question by position, such as @14, is put to other tokens in prompts of other lengths; its mean mixes them.</p>
          )}
          {pair !== null && !one && <p className="soft">Large rings: pair {pair}.</p>}
        </>
      }
    >
      {rows.length === 0 ? (
        <p className="soft">None was found.</p>
      ) : (
        <>
          <Figure
            name="largest"
            title={held ? "The largest, held out" : rows.length === 1 ? "The largest effect" : "The largest effects"}
            caption={asked.unit}
          >
            <RankedFigure
              label="The largest effects"
              rows={rows}
              unit={`effect, ${asked.unit}`}
              pair={one ? null : pair}
              chosen={selection.question}
              read={(text) => {
                const answer = answers.get(text);
                return answer === undefined ? { title: text, lines: [] } : questionReading(record, answer, pair);
              }}
              onChoose={(question) => answers.has(question) && choose({ question })}
            />
          </Figure>
          <Table facts={facts} pair={pair} />
        </>
      )}
    </Section>
  );
}

function row(facts: SweepFacts, answer: Answer): Ranked {
  const { record } = facts;
  return {
    id: answer.text,
    label: answer.text,
    value: answer.mean,
    low: answer.low,
    high: answer.high,
    dots: record.extent.pairs === 1 ? [] : effectsByPair(record, answer),
  };
}

/** The same numbers that the terminal prints. */
function Table(props: { facts: SweepFacts; pair: number | null }) {
  const { facts, pair } = props;
  const { record, answers } = facts;
  const { selection, choose } = usePointing();
  const [all, setAll] = useState(false);
  const one = record.extent.pairs === 1;
  const p = record.answers.some((answer) => answer.p !== undefined);
  const shares = record.answers.some((answer) => answer.recovered !== undefined);
  const held = record.chosen.length > 0 && !all;
  const ordered = held
    ? record.chosen.map((of) => of.text)
    : record.answers.slice(0, all ? MOST : FIRST).map((answer) => answer.text);
  const shown =
    selection.question === null || ordered.includes(selection.question) ? ordered : [...ordered, selection.question];
  const format = (value: number | null | undefined, digits = 3) =>
    value === undefined || value === null ? "" : number(value, digits);
  const interval = (low: number | undefined, high: number | undefined) =>
    low === undefined || high === undefined ? "" : `[${number(low)}, ${number(high)}]`;
  const { unit } = record.asked;
  const head = held
    ? ["question", `chosen by, ${unit}`, `held out, ${unit}`, "95 % interval", "p"]
    : one
      ? ["question", `value, ${unit}`, `effect, ${unit}`, ...(shares ? ["recovered"] : [])]
      : ["question", `mean, ${unit}`, ...(p ? ["95 % interval", "p"] : []), "pairs"];
  const cells = (text: string) => {
    const of = record.chosen.find((one) => one.text === text);
    const answer = answers.get(text);
    if (held && of !== undefined) {
      return [format(of.selectionMean), of.mean === undefined ? "in no held-out pair" : format(of.mean), interval(of.low, of.high), format(of.p, 4)];
    }
    if (answer === undefined) return [];
    if (held) return ["not chosen", "", "", ""];
    if (one) return [format(valueAt(answer, answer.value, 0)), format(effectOf(answer, 0) ?? answer.mean), ...(shares ? [format(recoveredOf(record, answer, 0), 2)] : [])];
    return [format(answer.mean), ...(p ? [interval(answer.low, answer.high), format(answer.p, 4)] : []), String(answer.pairs)];
  };
  const more = Math.min(MOST, record.answers.length);
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Questions by effect">
        <table>
          <thead>
            <tr>
              {head.map((name) => (
                <th key={name}>{name}</th>
              ))}
              {pair !== null && !one && <th>pair {pair}</th>}
            </tr>
          </thead>
          <tbody>
            {shown.map((text) => {
              const answer = answers.get(text);
              return (
                <tr
                  key={text}
                  data-row={text}
                  className={text === selection.question ? "chosen" : ""}
                  onClick={() => answer !== undefined && choose({ question: text })}
                >
                  <td>{text}</td>
                  {cells(text).map((cell, i) => (
                    <td key={i}>{cell}</td>
                  ))}
                  {pair !== null && !one && <td>{answer === undefined ? "" : format(effectOf(answer, pair))}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {(record.answers.length > FIRST || record.chosen.length > 0) && (
        <button className="screen" style={{ marginTop: 8 }} onClick={() => setAll(!all)}>
          {all ? "the first ones" : more < record.answers.length ? `the first ${more} of ${count(record.answers.length)} questions` : `all ${more} questions`}
        </button>
      )}
    </>
  );
}
