import { usePointing } from "../../figure/pointing";
import type { Group } from "../../record/questions";
import type { SweepFacts } from "../../record/sweepFacts";
import { count } from "../../record/words";
import { Section } from "../Section";
import { HeadsFigure } from "./HeadsFigure";
import { LayersFigure } from "./LayersFigure";
import { ListFigure } from "./ListFigure";
import { PairChoice } from "./PairChoice";
import { misaligned } from "./shown";

/** The effects, drawn where their sites are. */
export function EffectsSection(props: { facts: SweepFacts; no: number }) {
  const { facts } = props;
  const { record, tells } = facts;
  const { selection } = usePointing();
  const { unit } = record.asked;
  const mean = selection.pair === null && record.extent.pairs > 1;
  return (
    <Section
      no={props.no}
      title="What the sites do"
      told={
        <>
          <p>
            Effects in {unit}, where their sites are: layers upwards, positions or heads across. Orange raises the
            metric, blue lowers it.
          </p>
          {record.extent.pairs > 1 && (
            <p>
              {mean
                ? "Each mark is the mean over the pairs that have it. Choose a pair to see it alone."
                : `These are the effects on pair ${selection.pair} alone.`}
            </p>
          )}
          {mean && tells && (
            <p>
              Faint: not told from chance (p above {record.extent.level}, corrected for all {count(record.extent.questions)}{" "}
              questions).
            </p>
          )}
          {mean && misaligned(facts) && (
            <p>
              The prompts differ in length, so positions by number are other places in other pairs: where a figure has
              some, it shows pair 0. Roles and <code>last</code> are the same place in all.
            </p>
          )}
          {mean && !tells && record.asked.pooled === undefined && (
            <p>
              None of them is told from chance: with so few pairs no p can be smaller than{" "}
              {record.extent.smallestP.toPrecision(2)}.
            </p>
          )}
          {record.asked.pooled !== undefined && <p>Blank: no effect larger than {record.asked.pooled} was found there.</p>}
          <p className="soft">Point at a mark to read it; choose it to mark it everywhere, and to see how to repeat it.</p>
        </>
      }
    >
      {facts.groups.length > 0 && <PairChoice facts={facts} />}
      {facts.groups.map((group) => (
        <GroupFigure key={group.key} facts={facts} group={group} />
      ))}
      {facts.groups.length === 0 && <p className="soft">There is nothing to draw: no effect was found.</p>}
    </Section>
  );
}

function GroupFigure(props: { facts: SweepFacts; group: Group }) {
  switch (props.group.kind) {
    case "layers":
      return <LayersFigure {...props} />;
    case "heads":
      return <HeadsFigure {...props} />;
    case "list":
      return <ListFigure {...props} />;
  }
}
