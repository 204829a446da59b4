import type { SweepFacts } from "../../record/sweepFacts";
import { Section } from "../Section";

const FIRST = 8;

/** What a pooled search ran, what that saved, and what it may have missed. */
export function PooledSection(props: { facts: SweepFacts; no: number }) {
  const { record } = props.facts;
  const first = record.searches.slice(0, FIRST);
  const rest = record.searches.slice(FIRST);
  return (
    <Section
      no={props.no}
      title="What the search may have missed"
      told={
        <>
          <p>
            Many sites were edited at a time; pools that moved the metric by more than {record.asked.pooled}{" "}
            {record.asked.unit} were taken apart until single sites were left.
          </p>
          <p className="soft">Blank in the figures is not zero: it is no effect that the search found.</p>
        </>
      }
    >
      <ul className="limits">
        {first.map((text, i) => (
          <li key={i}>{text}</li>
        ))}
      </ul>
      {rest.length > 0 && (
        <details>
          <summary>the other {rest.length} pairs</summary>
          <ul className="limits">
            {rest.map((text, i) => (
              <li key={i}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}
