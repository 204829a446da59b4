import { useEffect, useMemo, useState, type FormEvent } from "react";
import { usePointing } from "../../figure/pointing";
import { useOpened } from "../../figure/useOpened";
import { headName } from "../../record/component";
import type { JointOverview } from "../../record/routes";
import { counted, number, percent } from "../../record/words";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { AttentionLines } from "./AttentionLines";
import { JointCanvas } from "./JointCanvas";
import type { JointProps } from "./JointMaps";
import { INKS, rowsOf, rowsOfWord } from "./jointRows";
import { ofFloats, ofShorts } from "./packed";
import { PatternCanvas } from "./PatternCanvas";
import { meanTable } from "./patternTable";

/** Of a sentence with more tokens the lines are a tangle: there is its pattern alone. */
const MOST_LINES = 64;

/** One head over many sentences: its queries and keys on one map, one sentence's attention, and the mean over all. */
export function JointSheet(props: JointProps & { overview: JointOverview; split: "LINES" | "SENTENCES"; layer: number; head: number }) {
  const { model, text, overview, split, layer, head, address, go } = props;
  const { clear } = usePointing();
  const name = headName(layer, head);
  const panel = useOpened<HTMLElement>(name, true);
  const rows = useMemo(() => rowsOf(overview.texts), [overview]);
  const layout = address.of["layout"] === "umap" ? "UMAP" : "PCA";
  const ink = INKS.find((one) => one === address.of["ink"]) ?? "type";
  const word = address.of["find"] ?? "";
  const sentence = chosenOf(address.of["sentence"], overview.texts.length);
  const keep = (more: Record<string, string>) => go({ view: "attention", of: { ...address.of, ...more } }, true);
  const asked = { model, text, split, layer, head, layout, seed: 0 };
  const answer = useAnswer(JSON.stringify(asked), (signal) => ask("POST /api/joint/head", asked, {}, signal));
  const here = answer.state === "here" ? answer.value : null;
  const drawn = useMemo(() => (here === null ? null : { places: ofFloats(here.places), norms: ofFloats(here.norms), mean: ofShorts(here.mean) }), [here]);
  const found = useMemo(() => (word.trim() === "" ? null : rowsOfWord(rows, word)), [rows, word]);
  const means = useMemo(() => Array.from({ length: here?.span ?? 0 }, (_, pos) => ({ pos, id: pos, text: String(pos) })), [here]);
  return (
    <article className="head-sheet" {...panel} aria-label={name}>
      <h2>
        <span className="no">{2 * rows.length} points</span>
        {name}
        <button className="close" onClick={clear}>
          let go (Esc)
        </button>
      </h2>
      <div className="joint-choices">
        <div className="choices" role="group" aria-label="Layout">
          {(["pca", "umap"] as const).map((one) => (
            <button key={one} aria-pressed={layout === one.toUpperCase()} onClick={() => keep({ layout: one })}>
              {one.toUpperCase()}
            </button>
          ))}
        </div>
        <div className="choices" role="group" aria-label="Ink by">
          {INKS.map((one) => (
            <button key={one} aria-pressed={ink === one} onClick={() => keep({ ink: one })}>
              {one}
            </button>
          ))}
        </div>
        <Search word={word} found={found?.size ?? null} search={(find) => keep({ find })} />
      </div>
      {answer.state === "asked" && <Waiting words={layout === "UMAP" ? "Its queries and keys are read and laid out; of 10,000 tokens that takes a minute." : "Its queries and keys are read."} />}
      {answer.state === "failed" && <Failed message={answer.message} again={answer.again} />}
      {here !== null && drawn !== null && (
        <>
          <JointCanvas
            name={name}
            rows={rows}
            places={drawn.places}
            norms={drawn.norms}
            ink={ink}
            found={found}
            text={sentence}
            onChoose={(one) => keep({ sentence: String(one + 1) })}
            caption={`nearness tells the score with r = ${number(here.scaling.correlation, 2)} in all dimensions (${number(here.scaling.unscaled, 2)} unscaled) and ${number(here.onMap, 2)} on the map, where 1 is all the way and 0 or below not at all; ${percent(here.trustworthiness)} of neighbours are to be trusted (50 % is chance); a plane keeps ${percent(here.share)} of the variance`}
          />
          {sentence === null ? (
            <p className="soft">Choose a point to see the attention in its sentence.</p>
          ) : (
            <Sentence {...props} name={name} number={sentence} />
          )}
          <PatternCanvas
            id="mean-pattern"
            title={`Mean attention of ${name}`}
            name={`${name}, the mean over sentences,`}
            weights={drawn.mean}
            tokens={means}
            query={null}
            onChoose={() => undefined}
            data={() => meanTable(drawn.mean, here.span)}
          />
        </>
      )}
    </article>
  );
}

function chosenOf(said: string | undefined, count: number): number | null {
  return said !== undefined && /^\d{1,5}$/.test(said) && Number(said) >= 1 && Number(said) <= count ? Number(said) - 1 : null;
}

function Search(props: { word: string; found: number | null; search: (word: string) => void }) {
  const { word, found, search } = props;
  const [typed, setTyped] = useState(word);
  useEffect(() => setTyped(word), [word]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    search(typed.trim());
  };
  return (
    <form className="joint-search" onSubmit={send}>
      <label>
        <span>Search a word</span>
        <input value={typed} onChange={(event) => setTyped(event.target.value)} spellCheck={false} />
      </label>
      <button type="submit">search</button>
      {found !== null && (
        <span className="soft" role="status">
          {found === 0 ? "none of the tokens" : `${counted(found, "token")}, ${2 * found} points`}
        </span>
      )}
    </form>
  );
}

function Sentence(props: JointProps & { overview: JointOverview; layer: number; head: number; name: string; number: number }) {
  const { model, overview, layer, head, name, go } = props;
  const text = overview.sentences[props.number]!;
  const tokens = overview.texts[props.number]!;
  const asked = { model, text, layer, head };
  const answer = useAnswer(JSON.stringify(asked), (signal) => ask("POST /api/attention/pattern", asked, {}, signal));
  const value = answer.state === "here" ? answer.value : null;
  const weights = useMemo(() => (value === null ? null : ofShorts(value.weights)), [value]);
  return (
    <section className="joint-sentence" aria-label={`Sentence ${props.number + 1}`}>
      <p>
        <span className="soft">Sentence {props.number + 1}:</span> {text}{" "}
        <button
          onClick={() => {
            go({ view: "attention", of: { model, prompt: text }, marks: `#component=${name}` }); // the head stays chosen
          }}
        >
          open it alone
        </button>
      </p>
      {answer.state === "asked" && <Waiting words="The sentence is read." />}
      {answer.state === "failed" && <Failed message={answer.message} again={answer.again} />}
      {weights !== null && tokens.length <= MOST_LINES && <AttentionLines name={name} weights={weights} tokens={tokens} />}
      {weights !== null && <PatternCanvas name={name} weights={weights} tokens={tokens} query={null} onChoose={() => undefined} />}
    </section>
  );
}
