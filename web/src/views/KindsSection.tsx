import { ComponentGrid } from "../figure/ComponentGrid";
import { Figure } from "../figure/Figure";
import { component } from "../record/component";
import type { HeadKinds, Kind } from "../record/explanation";
import { estimate, type Facts } from "../record/facts";
import { bar } from "../record/heads";
import { number } from "../record/words";
import { Section } from "./Section";

/** What kind of head each one is, in general: not measured on this prompt. */
export function KindsSection(props: { facts: Facts; kinds: HeadKinds }) {
  const { record, members } = props.facts;
  const { kinds } = props;
  const { model } = record;
  const score = (kind: Kind, name: string) => {
    const { layer, head } = component(name);
    return head === null ? null : kind.score[layer]![head]!;
  };
  return (
    <Section
      no={5}
      title="What kind of heads they are"
      told={
        <>
          <p>
            Scored away from this prompt: on {kinds.sequences} sequences of {kinds.length} random tokens, repeated once,
            and by probes of the weights.
          </p>
          <p>
            A head is of a kind where its score passes the bar: the largest score of any head where there is no reason for
            one, or a floor, if that is higher. Scores below it are faint.
          </p>
          {kinds.unscored.map((kind) => (
            <p key={kind.name} className="soft">
              {kind.name}: not scored; {kind.why}
            </p>
          ))}
          <p className="soft">Framed: members of the circuit{estimate(props.facts, "CIRCUIT")}. Layers upwards, heads across.</p>
        </>
      }
    >
      <div className="multiples">
        {kinds.kinds.map((kind) => (
          <Figure
            key={kind.name}
            name={`kind-${kind.name.replace(/[^a-z]+/g, "-")}`}
            title={kind.name}
            caption={`bar ${number(bar(kind), 2)}`}
            data={() => ({
              columns: ["layer", "head", "score"],
              rows: kind.score.flatMap((row, layer) => row.map((one, head) => [layer, head, one])),
            })}
          >
            <ComponentGrid
              label={`${kind.name}: layers by heads`}
              layers={model.layers}
              heads={model.heads}
              mlps={false}
              small
              max={1}
              threshold={bar(kind)}
              value={(name) => score(kind, name)}
              member={(name) => members?.has(name) === true}
              read={(name) => ({
                title: `${name}: ${kind.name}`,
                lines: [
                  ["score", `${number(score(kind, name) ?? 0)}: ${kind.statistic}`],
                  ["chance", `up to ${number(kind.threshold)}: ${kind.control}`],
                  ["floor", number(kind.floor)],
                ],
              })}
            />
          </Figure>
        ))}
      </div>
    </Section>
  );
}
