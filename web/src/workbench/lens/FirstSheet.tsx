import { Figure } from "../../figure/Figure";
import { Scale, TokenMap } from "../../figure/TokenMap";
import type { Look, NextTokens } from "../../record/routes";
import { gridTable } from "../../record/tables";
import { modelName, number, visible } from "../../record/words";
import { logP } from "../../views/Inspector";
import { Next, Tokens } from "../../views/Opening";
import { Section } from "../../views/Section";
import { TitleBlock } from "../../views/TitleBlock";
import type { Subject } from "../../views/bench";
import { Waiting } from "../states";
import { changed } from "./changed";

/** What can be intervened in before there is an explanation. */
export function subject(next: NextTokens, look: Look | null): Omit<Subject, "selection"> {
  const { tokens } = next.prompt;
  const said = firstSaid(next, look);
  return {
    tokens,
    metrics: [
      logP(look?.look.answer ?? next.prompt.next[0]!.id, said),
      { name: "margin", words: "the margin over a rival", metric: null }, // which rival, the explanation says
    ],
    prompt: { ids: tokens.map((token) => token.id) },
    contrast: null,
    answer: said,
    layers: next.model.layers,
  };
}

function firstSaid(next: NextTokens, look: Look | null): string {
  return look?.look.answerText ?? next.prompt.next[0]?.text ?? "";
}

/**
 * What one run tells: tokens and what comes next, then the logit lens; there before the causes are known.
 *
 * @param look null until the lens is read
 * @param before what came next before a token was edited
 */
export function FirstSheet(props: { next: NextTokens; look: Look | null; before: NextTokens | null }) {
  const { next, look, before } = props;
  const { model, prompt } = next;
  const { tokens } = prompt;
  const ids = tokens.map(({ id }) => id);
  const differs = changed(ids, before === null ? ids : before.prompt.tokens.map(({ id }) => id));
  const said = firstSaid(next, look);
  return (
    <>
      <header>
        <div className="asked">
          <h1 className={tokens.length > 64 ? "long" : ""}>
            {prompt.text} <span className="answer">{visible(said.trim())}</span>
          </h1>
          <p className="soft" style={{ margin: "16px 0 4px" }}>
            The prompt, {prompt.bos ? "with a BOS token first" : "no BOS token"}
            {before !== null && "; dashed where it differs from the one before"}
          </p>
          <Tokens tokens={tokens} differs={differs} />
          <div className="pair" style={{ marginTop: 24 }}>
            <Next title="Next" candidates={prompt.next} />
            {before !== null && <Next title="Next, before the edit" candidates={before.prompt.next} />}
          </div>
        </div>
        <TitleBlock
          rows={[
            ["model", modelName(model.name)],
            ["family", `${model.family}, ${model.layers} layers × ${model.heads} heads, ${model.dModel} wide`],
            ["weights", `sha256 ${model.sha256}`],
            ["ran on", `${model.device}, ${model.dtype}`],
            ["took", `${number(next.milliseconds / 1000, 2)} s`],
          ]}
        />
      </header>
      <Section
        no={1}
        title="Where the answer becomes readable"
        told={
          <>
            <p>
              The logit lens: the residual stream before each block goes through the final norm and the unembedding, as
              if the model ended there. Row {model.layers} is its output.
            </p>
            <p className="soft">
              A reading, not an intervention: that something can be read there does not show that it is used. Choose a
              place to intervene there.
            </p>
          </>
        }
      >
        {look === null ? (
          <Waiting words="The lens is read." />
        ) : (
        <Figure
          name="lens"
          title={`Probability of ${visible(look.look.answerText)}`}
          caption={<Scale max={1} signed={false} unit="probability" format={(value) => number(value, 0)} />}
          data={() => gridTable({ probability: look.look.lens.probability }, tokens)}
        >
          <TokenMap
            label="Logit lens: layers by positions"
            values={look.look.lens.probability}
            max={1}
            tokens={tokens}
            read={(layer, pos) => ({
              title: `before block ${layer}, position ${pos} ${visible(tokens[pos]!.text)}`,
              lines: [
                ["probability", number(look.look.lens.probability[layer]![pos]!, 4)],
                ["rank", `${look.look.lens.rank[layer]![pos]!} (0 is the top)`],
                ["on top", `${visible(look.look.top[layer]![pos]!)} ${number(look.look.topProbability[layer]![pos]!, 3)}`],
              ],
            })}
          />
        </Figure>
        )}
      </Section>
    </>
  );
}
