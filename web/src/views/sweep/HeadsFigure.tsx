import { useState } from "react";
import { ComponentGrid } from "../../figure/ComponentGrid";
import { Figure } from "../../figure/Figure";
import { usePointing } from "../../figure/pointing";
import { Scale } from "../../figure/TokenMap";
import { component, headName } from "../../record/component";
import { columnKey, effectOf, tokensIn, type Column, type Group } from "../../record/questions";
import type { Answer } from "../../record/sweep";
import type { SweepFacts } from "../../record/sweepFacts";
import { number, visible } from "../../record/words";
import { ListFigure } from "./ListFigure";
import { questionReading } from "./reading";
import { captionOf, fileOf, isFaint, largestOf, shownPair } from "./shown";

/** So few positions are drawn side by side. */
const SIDE_BY_SIDE = 3;

/** Heads by layer; of several positions side by side, or at the one that is chosen. */
export function HeadsFigure(props: { facts: SweepFacts; group: Group }) {
  const { facts, group } = props;
  const { record } = facts;
  const { selection, choose } = usePointing();
  const [kept, keep] = useState<string | null>(null);
  const pair = shownPair(facts, group, selection.pair);
  const chosen = selection.question === null ? undefined : facts.answers.get(selection.question);
  const shown = group.columns.filter(
    (column) => pair === null || group.answers.some((one) => columnKey(one) === column.key && effectOf(one, pair) !== null),
  );
  const max = largestOf(group.answers, pair);
  const named = (column: Column) =>
    pair === null || column.key === "all" ? column.label : `${column.key} ${visible(tokensIn(column.key, record.pairs[pair]!))}`;
  const said = (
    <>
      {captionOf(facts, group, pair)}
      {"\u2003"}
      <Scale max={max} signed unit={record.asked.unit} format={(value) => number(value, max < 0.1 ? 3 : 2)} />
    </>
  );

  const grid = (column: Column | null, label: string) => {
    const answer = (name: string) => {
      const { layer, head } = component(name);
      return column === null ? strongest(group, shown, layer, head!, pair) : group.at(layer, head, column.key);
    };
    const ofChosen = chosen?.layer === undefined || chosen.head === undefined ? null : headName(chosen.layer, chosen.head);
    return (
      <ComponentGrid
        label={label}
        first={group.layers.first}
        layers={group.layers.last - group.layers.first + 1}
        heads={group.heads}
        mlps={false}
        max={max}
        value={(name) => {
          const one = answer(name);
          return one === undefined ? null : effectOf(one, pair);
        }}
        isFaint={(name) => isFaint(facts, answer(name), pair)}
        read={(name) => questionReading(record, answer(name)!, pair)}
        chosen={ofChosen}
        onChoose={(name) => choose({ question: answer(name)!.text })}
      />
    );
  };

  const ranked = <ListFigure facts={facts} group={group} most={14} name={fileOf(group, "ranked")} title={`${group.key}, the largest`} />;
  if (shown.length <= 1) {
    return (
      <div className="halves">
        <Figure name={fileOf(group)} title={group.key} caption={said}>
          {grid(shown[0] ?? null, `${group.key}: layers by heads`)}
        </Figure>
        {ranked}
      </div>
    );
  }
  if (shown.length <= SIDE_BY_SIDE) {
    return (
      <div className="pair">
        {shown.map((column) => (
          <Figure
            key={column.key}
            name={fileOf(group, column.key)}
            title={`${group.key} at ${named(column)}`}
            caption={said}
          >
            {grid(column, `${group.key} at ${column.key}: layers by heads`)}
          </Figure>
        ))}
      </div>
    );
  }
  const place = shown.find((column) => column.key === kept) ?? null;
  return (
    <>
      <div className="choices screen places" role="group" aria-label={`Positions of ${group.key}`}>
        <button aria-pressed={place === null} onClick={() => keep(null)}>
          largest of all
        </button>
        {shown.map((column) => (
          <button key={column.key} aria-pressed={column === place} title={`position ${column.key}`} onClick={() => keep(column.key)}>
            {named(column)}
          </button>
        ))}
      </div>
      <div className="halves">
        <Figure
          name={fileOf(group, place?.key ?? "largest")}
          title={place === null ? `${group.key} at the position of its largest effect` : `${group.key} at ${named(place)}`}
          caption={said}
        >
          {grid(place, `${group.key}: layers by heads`)}
        </Figure>
        {ranked}
      </div>
    </>
  );
}

/** The answer of a head at the position where it is largest. */
function strongest(
  group: Group,
  columns: readonly Column[],
  layer: number,
  head: number,
  pair: number | null,
): Answer | undefined {
  let best: Answer | undefined;
  let most = -1;
  for (const column of columns) {
    const answer = group.at(layer, head, column.key);
    const size = answer === undefined ? null : effectOf(answer, pair);
    if (size !== null && Math.abs(size) > most) {
      best = answer;
      most = Math.abs(size);
    }
  }
  return best;
}
