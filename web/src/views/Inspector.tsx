import { usePointing } from "../figure/pointing";
import { useOpened } from "../figure/useOpened";
import { component } from "../record/component";
import { ablationEdit, estimate, isWhole, patchingEdit, type Facts } from "../record/facts";
import { number, visible } from "../record/words";
import type { Selection } from "../selection";
import { useBench, type AskedMetric, type Subject } from "./bench";
import { componentReading } from "./reading";

/** How probable the answer is. */
export function logP(token: number, text: string): AskedMetric {
  return { name: "log-p", words: `log p(${visible(text)})`, metric: { metric: "log_probability", token } };
}

/** What can be intervened in while an explanation is shown. */
export function subject({ record }: Facts): Omit<Subject, "selection"> {
  return {
    tokens: record.prompt.tokens,
    metrics: [
      logP(record.answer.id, record.answer.text),
      {
        name: "margin",
        words: `logit(${visible(record.answer.text)}) − logit(${visible(record.answer.rivalText)})`,
        metric: record.answer.metric,
      },
    ],
    prompt: { ids: record.prompt.tokens.map(({ id }) => id) },
    contrast: record.contrast.source ?? { ids: record.contrast.tokens.map(({ id }) => id) },
    answer: record.answer.text,
    layers: record.model.layers,
  };
}

/**
 * What is chosen, with all that is known of it, the live page's panel, and the edits that repeat its measurement. It
 * stays where it is while more becomes known: what a reader has opened in the panel stays open.
 *
 * @param facts null before there is an explanation
 */
export function Inspector(props: { facts: Facts | null; subject: Omit<Subject, "selection"> }) {
  const { facts } = props;
  const { selection, clear } = usePointing();
  const bench = useBench();
  const isOpen = selection.component !== null || selection.layer !== null || selection.pos !== null;
  const panel = useOpened<HTMLElement>(isOpen ? "chosen" : "");
  if (!isOpen) return null;
  return (
    <aside className="inspector" {...panel} aria-label="What is chosen" aria-live="polite">
      {facts !== null ? <Known facts={facts} selection={selection} /> : <Place tokens={props.subject.tokens} selection={selection} />}
      <button className="close" onClick={clear}>
        let go (Esc)
      </button>
      {bench?.panel({ ...props.subject, selection })}
      {facts !== null && <Edits facts={facts} selection={selection} />}
    </aside>
  );
}

/** Where it is, before anything is known of it. */
function Place({ tokens, selection }: { tokens: Subject["tokens"]; selection: Selection }) {
  const token = selection.pos === null ? undefined : tokens[selection.pos];
  return (
    <>
      {selection.component !== null && <strong>{selection.component}</strong>}
      {selection.layer !== null && <strong>before block {selection.layer}</strong>}
      {token !== undefined && (
        <span>
          <span className="soft">position {token.pos}</span> {visible(token.text)}
        </span>
      )}
    </>
  );
}

function Known({ facts, selection }: { facts: Facts; selection: Selection }) {
  const { record } = facts;
  const { patching } = record;
  const token = selection.pos === null ? undefined : record.prompt.tokens[selection.pos];
  const other = selection.pos === null ? undefined : record.contrast.tokens[selection.pos];
  return (
    <>
      {selection.component !== null && (
        <>
          <strong>{selection.component}</strong>
          {componentReading(facts, selection.component).lines.map(([name, value]) => (
            <span key={name}>
              <span className="soft">{name}</span> {value}
            </span>
          ))}
        </>
      )}
      {selection.layer !== null && selection.pos !== null && (
        <>
          <strong>before block {selection.layer}</strong>
          <span>
            <span className="soft">lens</span> {number(record.lens.probability[selection.layer]![selection.pos]!, 4)}, rank{" "}
            {record.lens.rank[selection.layer]![selection.pos]!}
          </span>
          {patching !== undefined && selection.layer < patching.recovered.length && (
            <span>
              <span className="soft">recovered{estimate(facts, "PATCHING")}</span> {number(patching.recovered[selection.layer]![selection.pos]!)}{" "}
              <span className="soft">control{estimate(facts, "PATCHING")}</span> {number(patching.placebo[selection.layer]![selection.pos]!)}
            </span>
          )}
        </>
      )}
      {token !== undefined && other !== undefined && (
        <span>
          <span className="soft">position {token.pos}</span> {visible(token.text)}
          {other.id !== token.id && (
            <>
              <span className="soft">, in the contrast</span> {visible(other.text)}
            </>
          )}
        </span>
      )}
    </>
  );
}

function Edits({ facts, selection }: { facts: Facts; selection: Selection }) {
  const { record } = facts;
  return (
    <>
      {isWhole(record) && selection.component !== null && (
        <details className="wide">
          <summary>the edit that removes it, on the prompt: save it as edits.json for ./cutaway run PROMPT --edit edits.json</summary>
          <pre>{JSON.stringify([ablationEdit(record, component(selection.component))])}</pre>
        </details>
      )}
      {isWhole(record) && selection.layer !== null && selection.pos !== null && selection.layer < record.patching.recovered.length && (
        <details className="wide">
          <summary>the edit that patches it, on the contrast: save it as edits.json for ./cutaway run CONTRAST --edit edits.json</summary>
          <pre>{JSON.stringify([patchingEdit(record, selection.layer, selection.pos)])}</pre>
        </details>
      )}
    </>
  );
}
