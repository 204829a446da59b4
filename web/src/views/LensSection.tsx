import * as Plot from "@observablehq/plot";
import { Figure } from "../figure/Figure";
import { PlotFigure } from "../figure/PlotFigure";
import { Scale, TokenMap } from "../figure/TokenMap";
import type { Facts } from "../record/facts";
import { gridTable } from "../record/tables";
import { number, visible } from "../record/words";
import { BESIDE, Section } from "./Section";

/** Where the answer becomes readable. */
export function LensSection(props: { facts: Facts }) {
  const { record } = props.facts;
  const { lens, answer, model } = record;
  const last = record.prompt.tokens.length - 1;
  const ranks = lens.rank.map((row, layer) => ({ layer, rank: row[last]! + 1 }));
  const powers = [1, 10, 100, 1000, 10_000, 100_000].filter((power) => ranks.some(({ rank }) => rank * 3 > power));
  return (
    <Section
      no={1}
      title="Where the answer becomes readable"
      told={
        <>
          <p>
            The logit lens: the residual stream before each block goes through the final norm and the unembedding, as if
            the model ended there. Row {model.layers} is its output.
          </p>
          <p>
            {lens.readableFrom < 0
              ? "At the last position the answer is never the top token."
              : lens.readableFrom === model.layers
                ? "At the last position the answer is the top token only after the last block."
                : `At the last position the answer is the top token from before block ${lens.readableFrom} to the end.`}
          </p>
          <p className="soft">A reading, not an intervention: that something can be read there does not show that it is used.</p>
        </>
      }
    >
      <div className={record.prompt.tokens.length <= BESIDE ? "pair" : ""}>
      <Figure
        name="lens"
        title={`Probability of ${visible(answer.text)}`}
        caption={<Scale max={1} signed={false} unit="probability" format={(value) => number(value, 0)} />}
        data={() => gridTable({ probability: lens.probability }, record.prompt.tokens)}
      >
        <TokenMap
          label="Logit lens: layers by positions"
          values={lens.probability}
          max={1}
          tokens={record.prompt.tokens}
          read={(layer, pos) => ({
            title: `before block ${layer}, position ${pos} ${visible(record.prompt.tokens[pos]!.text)}`,
            lines: [
              ["probability", number(lens.probability[layer]![pos]!, 4)],
              ["rank", `${lens.rank[layer]![pos]!} (0 is the top)`],
              ["control", "none: a reading, not an intervention"],
            ],
          })}
        />
      </Figure>
      <Figure
        name="lens-rank"
        title="Its rank at the last position"
        caption="logarithmic; 1 is the top token"
        data={() => ({ columns: ["layer", "rank"], rows: ranks.map(({ layer, rank }) => [layer, rank]) })}
      >
        <PlotFigure
          label="Rank of the answer by layer at the last position"
          draw={(width) => ({
            width: Math.min(width, 640),
            height: 240,
            marginLeft: 52,
            x: { label: "before block", tickFormat: "d" },
            y: { type: "log", reverse: true, label: "rank", grid: true, tickFormat: "~s", ticks: powers },
            marks: [
              Plot.ruleY([1], { stroke: "currentColor", strokeOpacity: 0.4 }),
              Plot.line(ranks, { x: "layer", y: "rank", stroke: "currentColor", curve: "step" }),
              Plot.dot(ranks, { x: "layer", y: "rank", fill: "currentColor", r: 2 }),
            ],
          })}
        />
      </Figure>
      </div>
    </Section>
  );
}
