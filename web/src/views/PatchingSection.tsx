import { Figure } from "../figure/Figure";
import type { Reading } from "../figure/pointing";
import { Scale, TokenMap } from "../figure/TokenMap";
import type { PatchingMap } from "../record/explanation";
import type { Facts } from "../record/facts";
import { gridTable } from "../record/tables";
import { number, visible } from "../record/words";
import { BESIDE, Section, type Standing } from "./Section";

/** What carries the answer: the residual stream patched from the prompt into the contrast. */
export function PatchingSection(props: { facts: Facts; patching: PatchingMap; standing: Standing }) {
  const { record } = props.facts;
  const { patching } = props;
  const tokens = record.prompt.tokens;
  const above = patching.recovered.some((row) => row.some((value) => Math.abs(value) > patching.threshold));
  const read = (layer: number, pos: number): Reading => ({
    title: `before block ${layer}, position ${pos} ${visible(tokens[pos]!.text)}`,
    lines: [
      ["recovered", number(patching.recovered[layer]![pos]!)],
      ["control", number(patching.placebo[layer]![pos]!)],
      ["chance", `up to ${number(patching.threshold)} in size`],
      ["repeat", "choose it: the edit is shown below"],
    ],
  });
  return (
    <Section
      no={2}
      title="What carries it"
      standing={props.standing}
      told={
        <>
          <p>
            Activation patching: the model runs on the contrast, and the residual stream before one block, at one
            position, takes its value from the prompt. How much of the margin comes back?
          </p>
          <p>
            The control makes a change of the same length in a random direction. It recovers at most{" "}
            <span className="number">{number(patching.threshold)}</span> in size; cells below that are faint: they are
            not told from chance.{!above && " No cell is above it."}
          </p>
        </>
      }
    >
      <div className={tokens.length <= BESIDE ? "pair" : ""}>
        <Figure
          name="patching"
          title="Share of the margin recovered"
          caption={<Scale max={1} signed unit="" format={(value) => number(value, 0)} />}
          data={() => gridTable({ recovered: patching.recovered }, tokens)}
        >
          <TokenMap
            label="Patching map: layers by positions"
            values={patching.recovered}
            max={1}
            threshold={patching.threshold}
            tokens={tokens}
            read={read}
          />
        </Figure>
        <Figure name="patching-control" title="The control, a random change" data={() => gridTable({ recovered: patching.placebo }, tokens)}>
          <TokenMap
            label="Control of the patching map: layers by positions"
            values={patching.placebo}
            max={1}
            tokens={tokens}
            read={read}
          />
        </Figure>
      </div>
    </Section>
  );
}
