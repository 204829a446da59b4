import { useMemo } from "react";
import { Figure } from "../../figure/Figure";
import { usePointing } from "../../figure/pointing";
import { RankedFigure } from "../../figure/RankedFigure";
import { effectOf, effectsByPair, type Group } from "../../record/questions";
import type { SweepFacts } from "../../record/sweepFacts";
import { count } from "../../record/words";
import { questionReading } from "./reading";
import { captionOf, fileOf, shownPair } from "./shown";

const SHOWN = 24;

/** What is too many to be drawn by place: the largest, in order. */
export function ListFigure(props: { facts: SweepFacts; group: Group; most?: number; name?: string; title?: string }) {
  const { facts, most = SHOWN } = props;
  const group = useMemo(() => ({ ...props.group, kind: "list" as const, columns: [] }), [props.group]); // its rows name their positions
  const { record } = facts;
  const { selection, choose } = usePointing();
  const pair = shownPair(facts, group, selection.pair);
  const rows = useMemo(() => {
    const ordered = group.answers
      .flatMap((answer) => {
        const value = effectOf(answer, pair);
        return value === null ? [] : [{ answer, value }];
      })
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    return ordered
      .filter(({ answer }, i) => i < most || answer.text === selection.question)
      .map(({ answer, value }) => ({
        id: answer.text,
        label: answer.text,
        value,
        ...(pair === null ? { low: answer.low, high: answer.high, dots: effectsByPair(record, answer) } : { dots: [] }),
      }));
  }, [group, pair, record, most, selection.question]);
  return (
    <Figure
      name={props.name ?? fileOf(group)}
      title={props.title ?? group.key}
      caption={props.title === undefined ? `${captionOf(facts, group, pair)}; the ${Math.min(most, rows.length)} largest` : `${Math.min(most, rows.length)} of ${count(group.answers.length)}`}
    >
      <RankedFigure
        label={`${group.key}: the largest effects`}
        rows={rows}
        unit={`effect, ${record.asked.unit}`}
        pair={null}
        chosen={selection.question}
        read={(text) => questionReading(record, facts.answers.get(text)!, pair)}
        onChoose={(question) => choose({ question })}
      />
    </Figure>
  );
}
