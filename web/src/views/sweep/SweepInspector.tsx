import { usePointing } from "../../figure/pointing";
import { useOpened } from "../../figure/useOpened";
import { effectsByPair } from "../../record/questions";
import { askedAlone, type SweepFacts } from "../../record/sweepFacts";
import { siteIs } from "../../record/sweepWords";
import { signed, visible } from "../../record/words";
import { meanLines, pairLines } from "./reading";

/** What is chosen, with all that is known of it and the command that asks it again. */
export function SweepInspector(props: { facts: SweepFacts }) {
  const { record, answers } = props.facts;
  const { selection, clear, show } = usePointing();
  const answer = selection.question === null ? undefined : answers.get(selection.question);
  const panel = useOpened<HTMLElement>(answer?.text ?? "");
  if (answer === undefined) return null;
  const one = record.extent.pairs === 1;
  const pair = one ? 0 : selection.pair;
  const pairs = one ? [] : effectsByPair(record, answer).slice(0, 24);
  const alone = askedAlone(record, answer);
  const lines = [...(one ? [] : meanLines(record, answer))];
  return (
    <aside className="inspector" {...panel} aria-label="What is chosen" aria-live="polite">
      <strong>{answer.text}</strong>
      <span className="soft">{siteIs(answer.site)}</span>
      {lines.map(([name, value]) => (
        <span key={name}>
          <span className="soft">{name}</span> {value}
        </span>
      ))}
      {pair !== null && (
        <>
          {!one && <strong>pair {pair}</strong>}
          {pairLines(record, answer, pair).map(([name, value]) => (
            <span key={name}>
              <span className="soft">{name}</span> {value}
            </span>
          ))}
        </>
      )}
      <button className="close" onClick={clear}>
        let go (Esc)
      </button>
      {pairs.length > 0 && (
        <span className="wide choices by-pair" role="group" aria-label="Its effect on each pair">
          {pairs.map(({ pair: index, effect }) => (
            <button
              key={index}
              aria-pressed={index === pair}
              title={record.pairs[index]!.prompt}
              onClick={() => show(index === pair ? null : index)}
            >
              {index} {visible(record.pairs[index]!.answer)} {signed(effect, 2)}
            </button>
          ))}
        </span>
      )}
      <details className="wide">
        <summary>{alone === null ? "the command that asks this among others" : "the command that asks this alone"}</summary>
        <pre>{alone ?? record.repeat.command}</pre>
      </details>
    </aside>
  );
}
