import { useMemo } from "react";
import { PlotFigure } from "../../figure/PlotFigure";
import * as Plot from "@observablehq/plot";
import { Figure } from "../../figure/Figure";
import type { CorpusPage, CorpusPair, FeatureShown, Logit, Stability } from "../../record/routes";
import { count, number, percent, visible } from "../../record/words";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { ShadedText } from "./Codes";
import { LabelForm, Machine } from "./Label";
import { MatrixMap } from "./MatrixMap";
import { found, meaning } from "./stability";
import { SteerPanel } from "./SteerPanel";
import { chained } from "./together";

/** One feature: what it is called, where it fires, what it writes, its neighbours, and what steering it does. */
export function FeatureSheet(props: {
  model: string;
  dictionary: string;
  feature: number;
  prompt: string;
  open: (feature: number) => void;
  beside: (feature: number) => void;
}) {
  const { model, dictionary, feature, prompt } = props;
  const page = useAnswer(JSON.stringify([model, dictionary, feature]), (signal) =>
    ask("POST /api/features/page", { model, dictionary, feature }, {}, signal),
  );
  if (page.state === "failed") return <Failed message={page.message} again={page.again} />;
  if (page.state !== "here") return <Waiting words={`Feature ${feature} is looked up.`} />;
  const it = page.value;
  return (
    <article className="feature" aria-label={`Feature ${feature}`}>
      <h2>
        <span className="no">{dictionary}</span>
        Feature {feature}
      </h2>
      <p className="names">
        <Machine label={it.machine} long />
      </p>
      <StabilityBadge of={it.pages.map(({ page: one }) => one.stability).find((one) => one !== undefined)} />
      <LabelForm dictionary={dictionary} feature={feature} person={it.person ?? null} />
      {prompt.trim() !== "" && <OnPrompt {...props} />}
      <h3>Steer it on the prompt</h3>
      <SteerPanel model={model} dictionary={dictionary} feature={feature} prompt={prompt} most={Math.max(0, ...it.pages.map(({ page: one }) => one.max ?? 0))} />
      <Corpora shown={it} />
      {it.direction !== undefined && (
        <>
          <h3>What it writes</h3>
          <div className="halves">
            <Tokens title="raises" logits={it.direction.raised} />
            <Tokens title="lowers" logits={it.direction.lowered} />
          </div>
          <h3>Nearest directions</h3>
          <ul className="nearest">
            {it.direction.nearest.slice(0, 12).map((near) => (
              <li key={near.latent}>
                <button onClick={() => props.open(near.latent)} title="open it">
                  {near.latent}
                </button>
                <button onClick={() => props.beside(near.latent)} aria-label={`put feature ${near.latent} beside`} title="put it beside">
                  ⇥
                </button>
                <span className="number">{number(near.cosine, 2)}</span>
              </li>
            ))}
          </ul>
          <p className="soft small">
            Cosines of decoder rows. Its own row has length {number(it.direction.norm, 2)}; interference with all others{" "}
            {number(it.direction.interference, 2)}; dimensionality {number(it.direction.dimensionality, 3)}, where a
            feature alone in its direction has 1.
          </p>
        </>
      )}
      {it.pages.map((one) => (
        <TogetherMap key={one.name} dictionary={dictionary} pages={one} feature={feature} open={props.open} />
      ))}
    </article>
  );
}

/** How well other trainings find it again; nothing where pages were made without any. */
function StabilityBadge(props: { of: Stability | undefined }) {
  const stability = props.of;
  if (stability === undefined) return null;
  const words = found(stability);
  return (
    <p className="small" role="group" aria-label="Stability over seeds">
      <span className="badge" data-status={words}>
        {words === "found again" ? "■" : words === "found in part" ? "◧" : "□"} {words} {number(stability.cosine, 2)}
      </span>{" "}
      <span className="soft">{meaning(stability)}</span>
    </p>
  );
}

function OnPrompt(props: { model: string; dictionary: string; feature: number; prompt: string }) {
  const { model, dictionary, feature, prompt } = props;
  const codes = useAnswer(JSON.stringify([model, dictionary, feature, prompt]), (signal) =>
    ask("POST /api/features/codes", { model, dictionary, prompt, features: [feature] }, {}, signal),
  );
  if (codes.state === "failed") return <Failed message={codes.message} again={codes.again} />;
  if (codes.state !== "here") return null;
  const row = codes.value.codes[0]!;
  const most = Math.max(...row.map(Math.abs));
  return (
    <p className="on-prompt">
      <span className="soft">on the prompt: </span>
      <ShadedText tokens={codes.value.tokens.map((token) => token.text)} codes={row} most={most} />{" "}
      <span className="soft">{most === 0 ? "active on none of its tokens" : `at most ${number(most, 2)}`}</span>
    </p>
  );
}

function Tokens(props: { title: string; logits: readonly Logit[] }) {
  return (
    <div>
      <p className="soft small">{props.title}</p>
      {props.logits.length === 0 ? (
        <p className="soft small">It does not write into the residual stream, so no token can be named.</p>
      ) : (
        <p className="written-tokens">
          {props.logits.slice(0, 10).map((logit) => (
            <code key={logit.token} title={number(logit.effect, 2)}>
              {visible(logit.text)}
            </code>
          ))}
        </p>
      )}
    </div>
  );
}

function Corpora(props: { shown: FeatureShown }) {
  const { pages, pairs } = props.shown;
  if (pages.length === 0) {
    return (
      <>
        <h3>Examples</h3>
        <p className="soft small">
          No feature pages of this dictionary are here: what stands on this sheet comes from its weights and your prompt
          alone. Make pages from a text of yours on the dictionary&apos;s sheet (<em>search in</em>, above); of larger
          texts by <code>cutaway features pages</code>.
        </p>
      </>
    );
  }
  return (
    <>
      <h3>Examples{pages.length > 1 ? `, ${pages.length} corpora side by side` : ""}</h3>
      {pages.length === 1 && (
        <p className="soft small">One corpus. A feature can look clear on one corpus only: make pages of another one too.</p>
      )}
      {pairs.map((pair) => (
        <IllusionLine key={pair.first + pair.second} pair={pair} />
      ))}
      <div className={pages.length > 1 ? "corpora" : ""}>
        {pages.map((page) => (
          <Corpus key={page.name} of={page} />
        ))}
      </div>
    </>
  );
}

/** Whether a feature is clear on one corpus only, in a sentence and on a line of three marks. */
function IllusionLine(props: { pair: CorpusPair }) {
  const { first, second, illusion } = props.pair;
  const score = illusion.score as number | null;
  return (
    <div className="illusion" role="group" aria-label={`Illusion score, ${first} and ${second}`}>
      <p>
        Illusion score <strong className="number">{score === null ? "none" : number(score, 2)}</strong>{" "}
        {score === null
          ? "— too few examples on one of the two."
          : illusion.told
            ? `— it looks clear on one corpus and is not the same on the other (corpora shuffled: at most ${number(illusion.shuffled, 2)}).`
            : `— not told from shuffled corpora (${number(illusion.shuffled, 2)}): no sign that it is clear on one only.`}
      </p>
      <dl className="scale">
        {(
          [
            [`alike on ${first}`, illusion.clearFirst],
            [`alike on ${second}`, illusion.clearSecond],
            ["alike across both", illusion.shared],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span className="rest">
                <span className="bar" style={{ width: `${100 * value}%` }} />
              </span>
              <span className="number">{number(value, 2)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p className="soft small">
        {illusion.likeness === "bags of words"
          ? "Likeness of the words near the token in its top examples, as bags of words: 0 as in examples of other features, 1 the same words. With MiniLM in the cache (scripts/minilm), of their meaning."
          : `Likeness of its top examples' texts by ${illusion.likeness}'s vectors: 0 as in examples of other features, 1 the same.`}{" "}
        The score is the larger of the first two less the third.
      </p>
    </div>
  );
}

function Corpus(props: { of: CorpusPage }) {
  const { name, texts, page } = props.of;
  const max = page.max ?? 0;
  const draw = useMemo(
    () => (width: number) => ({
      width,
      height: 90,
      marginLeft: 36,
      marginBottom: 26,
      marginTop: 6,
      x: { label: "activation →", domain: [0, max], ticks: 4 },
      y: { label: null, type: "sqrt" as const, ticks: 2 },
      marks: [
        Plot.rectY(page.histogram, {
          x1: (_: number, i: number) => (i * max) / page.histogram.length,
          x2: (_: number, i: number) => ((i + 1) * max) / page.histogram.length,
          y: (tokens: number) => tokens,
          fill: "currentColor",
        }),
        Plot.ruleY([0]),
      ],
    }),
    [page, max],
  );
  return (
    <section className="corpus" aria-label={`Examples of ${name}`}>
      <h4>
        {name} <span className="soft">{texts.join(", ")}</span>
      </h4>
      <p className="soft small">
        fires on {count(page.fired)} of {count(page.tokens)} tokens ({percent(page.frequency)})
        {max > 0 && `, at most ${number(max, 2)}`}
      </p>
      {page.fired === 0 ? (
        <p>It fires nowhere in this text.</p>
      ) : (
        <>
          <Figure
            name={`activations-${name}`}
            title="How much it fires"
            caption="tokens, root scale"
            data={() => ({
              columns: ["from", "to", "tokens"],
              rows: page.histogram.map((tokens, i, all) => [(i * max) / all.length, ((i + 1) * max) / all.length, tokens]),
            })}
          >
            <PlotFigure label={`Activations on ${name}: tokens by activation`} draw={draw} />
          </Figure>
          <ol className="examples">
            {page.top.slice(0, 8).map((example, i) => (
              <li key={i}>
                <span className="number soft">{number(example.activation, 1)}</span>
                <ShadedText tokens={example.tokens} codes={example.activations} most={max} at={example.at} />
              </li>
            ))}
          </ol>
          <details>
            <summary>examples of every strength</summary>
            {page.bands.map((band) => (
              <div key={band.from}>
                <p className="soft small">
                  {number(band.from, 1)} to {number(band.to, 1)}: {count(band.tokens)} tokens
                </p>
                <ol className="examples">
                  {band.examples.map((example, i) => (
                    <li key={i}>
                      <span className="number soft">{number(example.activation, 1)}</span>
                      <ShadedText tokens={example.tokens} codes={example.activations} most={max} at={example.at} />
                    </li>
                  ))}
                </ol>
              </div>
            ))}
          </details>
        </>
      )}
    </section>
  );
}

function TogetherMap(props: { dictionary: string; pages: CorpusPage; feature: number; open: (feature: number) => void }) {
  const { dictionary, feature } = props;
  const pages = props.pages.name;
  const none = props.pages.page.together.length === 0;
  const map = useAnswer(none ? null : JSON.stringify([dictionary, pages, feature]), (signal) =>
    ask("POST /api/features/together", { dictionary, pages, feature }, {}, signal),
  );
  if (map.state === "failed") return <Failed message={map.message} again={map.again} />;
  if (map.state === "asked") return <Waiting words={`What fires together with it on ${pages} is counted.`} />;
  if (map.state !== "here") return null;
  const order = chained(map.value.jaccard);
  const features = order.map((i) => map.value.features[i]!);
  return (
    <MatrixMap
      name={`together-${pages}`}
      title={`Fire together on ${pages}`}
      caption="share of the tokens of either on which both fire; a feature opens when it is chosen"
      rows={features}
      columns={features.map(String)}
      values={order.map((i) => order.map((j) => (i === j ? 0 : map.value.jaccard[i]![j]!)))}
      unit="Jaccard"
      digits={2}
      choose={props.open}
    />
  );
}
