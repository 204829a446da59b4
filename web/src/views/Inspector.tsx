import { usePointing } from "../figure/pointing";
import { component } from "../record/component";
import { ablationEdit, estimate, isWhole, patchingEdit, type Facts } from "../record/facts";
import { number, visible } from "../record/words";
import { useBench } from "./bench";
import { componentReading } from "./reading";

/** What is chosen, with all that is known of it and the edit that repeats its measurement. */
export function Inspector(props: { facts: Facts }) {
  const { facts } = props;
  const { record } = facts;
  const { patching } = record;
  const { selection, clear } = usePointing();
  const bench = useBench();
  if (selection.component === null && selection.layer === null && selection.pos === null) return null;
  const token = selection.pos === null ? undefined : record.prompt.tokens[selection.pos];
  const other = selection.pos === null ? undefined : record.contrast.tokens[selection.pos];
  return (
    <aside className="inspector" aria-label="What is chosen" aria-live="polite">
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
      <button className="close" onClick={clear}>
        let go (Esc)
      </button>
      {bench?.panel({
        tokens: record.prompt.tokens,
        selection,
        metric: record.answer.metric,
        metricWords: `logit(${visible(record.answer.text)}) − logit(${visible(record.answer.rivalText)})`,
        prompt: { ids: record.prompt.tokens.map(({ id }) => id) },
        contrast: record.contrast.source ?? { ids: record.contrast.tokens.map(({ id }) => id) },
        answer: record.answer.text,
        layers: record.model.layers,
      })}
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
    </aside>
  );
}
