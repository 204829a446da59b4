import type { Features } from "../record/explanation";
import type { Facts } from "../record/facts";
import { number, visible } from "../record/words";
import { Section } from "./Section";

/** What the features of a dictionary do, each where it is active. */
export function FeaturesSection(props: { no: number; facts: Facts; features: Features }) {
  const { features } = props;
  const { tokens } = props.facts.record.prompt;
  return (
    <Section
      no={props.no}
      title={`Features of ${features.dictionary}${features.withoutError ? ", without its error term" : ""}`}
      told={
        <>
          <p>
            Directions at {features.site} that a dictionary of {features.width} writes it in. Active, counted at each
            position: <span className="number">{features.active}</span>; measured:{" "}
            <span className="number">{features.measured}</span>.
          </p>
          {features.withoutError && (
            <p>
              <b>Without the error term</b>: in every run of this table the features alone stand at {features.site}, and
              the margin without any of them removed is{" "}
              <span className="number">{number(props.facts.record.answer.margin - features.error)}</span>. Heads, MLPs and
              the circuit are those of the model itself.
            </p>
          )}
          <p>
            <b>Removed</b>: the margin that is lost when the feature is set to 0 at that position, and all else is left as
            it is. <b>Estimate</b>: that to first order, from one gradient.
          </p>
          <p>
            <b>Control</b>: a random direction of the same length; at most{" "}
            <span className="number">{number(features.threshold)}</span> nats in size (smaller effects are faint).
          </p>
          <p>
            <b>Error term</b>: what the dictionary does not say, taken out of the model's own run at all
            positions, costs{" "}
            <span className="number">{number(features.error)}</span> nats; random changes of the same length,{" "}
            <span className="number">{number(features.errorPlacebo)}</span>.
            {(features.errorParts ?? []).map((part) => (
              <span key={part.part}>
                {" "}
                Of it, <code>{part.part}</code> costs <span className="number">{number(part.lost)}</span> nats; random changes of the same
                length, <span className="number">{number(part.placebo)}</span>.
              </span>
            ))}
          </p>
        </>
      }
    >
      <div className="scroll" tabIndex={0} role="region" aria-label={`Features of ${features.dictionary} by effect`}>
        <table>
          <thead>
            <tr>
              <th>feature</th>
              <th>at</th>
              <th>activation</th>
              <th>removed, nats</th>
              <th>estimate, nats</th>
              <th>control, nats</th>
              <th className="words">writes</th>
            </tr>
          </thead>
          <tbody className="long">
            {features.strongest.map((feature) => (
              <tr
                key={`${feature.index}@${feature.pos}`}
                className={Math.abs(feature.ablation) <= features.threshold ? "soft" : ""}
              >
                <td>{feature.index}</td>
                <td>
                  {feature.pos}:{visible(tokens[feature.pos]?.text ?? "")}
                </td>
                <td>{number(feature.activation, 2)}</td>
                <td>{number(feature.ablation)}</td>
                <td>{number(feature.estimate)}</td>
                <td>{number(feature.placebo)}</td>
                <td className="words">{feature.writes.map((written) => visible(written.text)).join(" ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
