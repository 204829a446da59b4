import { usePointing } from "../../figure/pointing";
import type { SweepFacts } from "../../record/sweepFacts";
import { visible } from "../../record/words";

/** More pairs than this are chosen from a list. */
const BUTTONS = 16;

/** Chooses whether figures show the mean of all pairs, or one of them. */
export function PairChoice(props: { facts: SweepFacts }) {
  const { record } = props.facts;
  const { selection, show } = usePointing();
  if (record.extent.pairs === 1) return null;
  const said = (index: number) => `${index} ${visible(record.pairs[index]!.answer)} / ${visible(record.pairs[index]!.against)}`;
  const all = `mean of ${record.extent.pairs} pairs`;
  if (record.pairs.length > BUTTONS) {
    return (
      <label className="choices screen pairs">
        <span className="soft">figures show</span>
        <select
          value={selection.pair ?? ""}
          onChange={(event) => show(event.target.value === "" ? null : Number(event.target.value))}
        >
          <option value="">{all}</option>
          {record.pairs.map((pair) => (
            <option key={pair.index} value={pair.index}>
              pair {said(pair.index)}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <div className="choices screen pairs" role="group" aria-label="What figures show">
      <button aria-pressed={selection.pair === null} onClick={() => show(null)}>
        {all}
      </button>
      {record.pairs.map((pair) => (
        <button
          key={pair.index}
          aria-pressed={selection.pair === pair.index}
          aria-label={`pair ${said(pair.index)}`}
          title={pair.prompt}
          onClick={() => show(pair.index)}
        >
          {pair.index} {visible(pair.answer)}
        </button>
      ))}
    </div>
  );
}
