import { Figure } from "../../figure/Figure";
import { usePointing } from "../../figure/pointing";
import { Scale, TokenMap } from "../../figure/TokenMap";
import type { Look } from "../../record/routes";
import { number, visible } from "../../record/words";
import { Next, Tokens } from "../../views/Opening";
import { Section } from "../../views/Section";
import { TitleBlock } from "../../views/TitleBlock";
import { useBench } from "../../views/bench";

/**
 * What one run tells: tokens, what comes next, the logit lens; there before the causes are known.
 *
 * @param before the look at the prompt before a token was edited
 */
export function FirstSheet(props: { look: Look; before: Look | null }) {
  const { model, look, milliseconds } = props.look;
  const { before } = props;
  const { selection } = usePointing();
  const panel = useBench();
  const tokens = look.prompt.tokens;
  const changed = tokens.map((token, pos) => before !== null && before.look.prompt.tokens[pos]?.id !== token.id);
  return (
    <main className="sheet" aria-busy="false">
      <header>
        <div className="asked">
          <h1 className={tokens.length > 64 ? "long" : ""}>
            {look.prompt.text} <span className="answer">{visible(look.answerText.trim())}</span>
          </h1>
          <p className="soft" style={{ margin: "16px 0 4px" }}>
            The prompt, {look.prompt.bos ? "with a BOS token first" : "no BOS token"}
            {before !== null && "; dashed where it differs from the one before"}
          </p>
          <Tokens tokens={tokens} differs={changed} />
          <div className="pair" style={{ marginTop: 24 }}>
            <Next title="Next" candidates={look.prompt.next} />
            {before !== null && <Next title="Next, before the edit" candidates={before.look.prompt.next} />}
          </div>
        </div>
        <TitleBlock
          rows={[
            ["model", model.name],
            ["family", `${model.family}, ${model.layers} layers × ${model.heads} heads, ${model.dModel} wide`],
            ["weights", `sha256 ${model.sha256}`],
            ["ran on", `${model.device}, ${model.dtype}`],
            ["took", `${number(milliseconds / 1000, 2)} s`],
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
        <Figure
          name="lens"
          title={`Probability of ${visible(look.answerText)}`}
          caption={<Scale max={1} signed={false} unit="probability" format={(value) => number(value, 0)} />}
        >
          <TokenMap
            label="Logit lens: layers by positions"
            values={look.lens.probability}
            max={1}
            tokens={tokens}
            read={(layer, pos) => ({
              title: `before block ${layer}, position ${pos} ${visible(tokens[pos]!.text)}`,
              lines: [
                ["probability", number(look.lens.probability[layer]![pos]!, 4)],
                ["rank", `${look.lens.rank[layer]![pos]!} (0 is the top)`],
                ["on top", `${visible(look.top[layer]![pos]!)} ${number(look.topProbability[layer]![pos]!, 3)}`],
              ],
            })}
          />
        </Figure>
      </Section>
      {panel !== null && selection.pos !== null && (
        <aside className="inspector" aria-label="What is chosen" aria-live="polite">
          {panel.panel({
            tokens,
            selection,
            metric: { metric: "log_probability", token: look.answer },
            metricWords: `log p(${visible(look.answerText)})`,
            prompt: { ids: tokens.map((token) => token.id) },
            contrast: null,
            answer: look.answerText,
            layers: model.layers,
          })}
        </aside>
      )}
    </main>
  );
}
