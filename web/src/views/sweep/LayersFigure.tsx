import { useCallback, useMemo } from "react";
import { Figure } from "../../figure/Figure";
import { usePointing } from "../../figure/pointing";
import { RankedFigure } from "../../figure/RankedFigure";
import { Scale, TokenMap } from "../../figure/TokenMap";
import { columnKey, effectOf, effectsByPair, tokensIn, type Group } from "../../record/questions";
import type { SweepFacts } from "../../record/sweepFacts";
import { number, visible } from "../../record/words";
import { ProfileFigure } from "./ProfileFigure";
import { questionReading } from "./reading";
import { captionOf, fileOf, isFaint, largestOf, shownPair } from "./shown";

/** So few columns are also drawn as lines over layers. */
const LINES = 6;

/** So few places of one layer are drawn as rows. */
const ROWS = 40;

/** Whole layers by position: a map, lines over layers, or both. */
export function LayersFigure(props: { facts: SweepFacts; group: Group }) {
  const { facts, group } = props;
  const { record, answers } = facts;
  const { selection, choose } = usePointing();
  const pair = shownPair(facts, group, selection.pair);
  const { columns, layers } = group;
  const shown = useMemo(
    () =>
      pair === null
        ? columns
        : columns.filter((column) => group.answers.some((one) => columnKey(one) === column.key && effectOf(one, pair) !== null)),
    [columns, group, pair],
  );
  const at = useCallback(
    (row: number, column: number) => group.at(layers.first + row, null, shown[column]!.key),
    [group, layers, shown],
  );
  const values = useMemo(
    () =>
      Array.from({ length: layers.last - layers.first + 1 }, (_, row) =>
        shown.map((_, column) => {
          const answer = at(row, column);
          return answer === undefined ? null : effectOf(answer, pair);
        }),
      ),
    [layers, shown, at, pair],
  );
  const max = largestOf(group.answers, pair);
  const faint = useCallback((row: number, column: number) => isFaint(facts, at(row, column), pair), [facts, at, pair]);
  const chosen = selection.question === null ? undefined : answers.get(selection.question);
  const labels = shown.map((column) => ({
    text: pair === null ? column.label : tokensIn(column.key, record.pairs[pair]!),
  }));
  const caption = (
    <>
      {captionOf(facts, group, pair)}
      {"\u2003"}
      <Scale max={max} signed unit={record.asked.unit} format={(value) => number(value, max < 0.1 ? 3 : max < 10 ? 2 : 1)} />
    </>
  );
  const read = (text: string) => questionReading(record, answers.get(text)!, pair);

  if (values.length === 1 && shown.length <= ROWS) {
    const rows = shown.flatMap((column, i) => {
      const answer = at(0, i);
      return answer === undefined
        ? []
        : [
            {
              id: answer.text,
              label: pair === null ? `${column.key} ${column.label === column.key ? "" : column.label}`.trim() : `${column.key} ${visible(labels[i]!.text)}`,
              value: effectOf(answer, pair),
              ...(pair === null ? { low: answer.low, high: answer.high, dots: effectsByPair(record, answer) } : { dots: [] }),
            },
          ];
    });
    return (
      <Figure name={fileOf(group)} title={group.key} caption={captionOf(facts, group, pair)}>
        <RankedFigure
          label={`${group.key}: effects by position`}
          rows={rows}
          unit={record.asked.unit}
          pair={null}
          chosen={selection.question}
          read={read}
          onChoose={(question) => choose({ question })}
        />
      </Figure>
    );
  }
  const lines = shown.length <= LINES;
  const map = shown.length > 1 && (
    <Figure name={fileOf(group)} title={group.key} caption={caption}>
      <TokenMap
        label={`${group.key}: layers by positions`}
        values={values}
        first={layers.first}
        max={max}
        isFaint={faint}
        tokens={labels}
        read={(row, column) => {
          const answer = at(row, column);
          return answer === undefined || effectOf(answer, pair) === null ? null : questionReading(record, answer, pair);
        }}
        chosen={{
          row: chosen?.layer === undefined ? null : within(chosen.layer - layers.first, values.length),
          column: chosen === undefined ? null : within(shown.findIndex((column) => column.key === columnKey(chosen)), shown.length),
        }}
        onChoose={(row, column) => {
          const answer = at(row, column);
          if (answer !== undefined) choose({ question: answer.text });
        }}
      />
    </Figure>
  );
  if (!lines) return map || null;
  return (
    <div className={shown.length > 1 ? "beside" : "alone"}>
      {map}
      <ProfileFigure facts={facts} group={group} columns={shown} pair={pair} />
    </div>
  );
}

function within(index: number, end: number): number | null {
  return index >= 0 && index < end ? index : null;
}
