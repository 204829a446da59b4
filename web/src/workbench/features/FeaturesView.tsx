import { useEffect, useState, type FormEvent, type ReactNode } from "react";
import type { DictionaryEntry, DictionaryShown } from "../../record/routes";
import { number, signed, visible } from "../../record/words";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import type { ViewProps } from "../Workbench";
import { FeatureSheet } from "./FeatureSheet";
import { Machine, Person } from "./Label";
import { MakePages } from "./MakePages";
import { MatrixMap } from "./MatrixMap";
import { MissedPanel } from "./MissedPanel";
import { chained, featureNumber, jaccard } from "./together";

/** Dictionaries and their features: search, a feature's page, two beside each other. */
export function FeaturesView({ address, go }: ViewProps) {
  const of = address.of;
  const model = of["model"] ?? "";
  const all = useAnswer("dictionaries", (signal) => ask("GET /api/dictionaries", null, {}, signal));
  const name = of["dictionary"] ?? "";
  const to = (change: Record<string, string>) => {
    const next = { ...of, ...change };
    go({ view: "features", of: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")) });
  };
  const [made, setMade] = useState(0); // how often pages were made: then the dictionary is asked anew
  const shown = useAnswer(name === "" ? null : JSON.stringify([model, name, made]), (signal) =>
    ask("POST /api/features/dictionary", { model, dictionary: name }, {}, signal),
  );
  useEffect(() => {
    document.title = name === "" ? "Features – Cutaway" : `${of["feature"] === undefined ? "" : `${of["feature"]} – `}${name} – Cutaway`;
  }, [name, of]);
  if (all.state === "failed") return <Failed message={all.message} again={all.again} />;
  if (all.state !== "here") return <Waiting words="The dictionaries are listed." />;
  if (name === "") return <List list={all.value.dictionaries} open={(dictionary) => to({ dictionary })} />;
  if (shown.state === "failed") {
    return (
      <>
        <p className="path">
          <button onClick={() => to({ dictionary: "", feature: "", beside: "" })}>all dictionaries</button>
        </p>
        <Failed message={shown.message} again={shown.again} />
      </>
    );
  }
  if (shown.state !== "here") return <Waiting words="The dictionary is opened." />;
  return <Opened key={name} of={of} model={model} shown={shown.value} to={to} made={() => setMade((now) => now + 1)} />;
}

function List(props: { list: readonly DictionaryEntry[]; open: (name: string) => void }) {
  return (
    <main className="sheet" aria-busy="false">
      <header className="plain">
        <div className="asked">
          <h1>Features</h1>
          <p className="verdict">
            A dictionary writes what stands at a place in the model as a few directions out of many. Open one, and follow
            a direction: where it fires, what it writes, what removing it does.
          </p>
        </div>
      </header>
      {props.list.length === 0 ? (
        <p className="nothing-yet">
          No dictionary is here. Put one into the workbench&apos;s folder under <code>dictionaries</code>, or start the
          server with <code>--dictionary DIR</code>.
        </p>
      ) : (
        <div className="drawn scroll" tabIndex={0} role="region" aria-label="All dictionaries">
          <table>
            <thead>
              <tr>
                <th className="words">dictionary</th>
                <th className="words">feature pages</th>
              </tr>
            </thead>
            <tbody>
              {props.list.map((entry) => (
                <tr key={entry.name}>
                  <td>
                    <button onClick={() => props.open(entry.name)}>{entry.name}</button>
                  </td>
                  <td className="words">
                    {entry.pages.length === 0 ? <span className="soft">none yet; made from a text of yours</span> : entry.pages.join(", ")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

interface Within {
  of: Readonly<Record<string, string>>;
  model: string;
  shown: DictionaryShown;
  to: (change: Record<string, string>) => void;
  made: () => void;
}

function Opened({ of, model, shown, to, made }: Within) {
  const feature = featureNumber(of["feature"] ?? "", shown.width);
  const beside = featureNumber(of["beside"] ?? "", shown.width);
  const prompt = of["prompt"] ?? "";
  const wrong = (["feature", "beside"] as const).find((one) => of[one] !== undefined && featureNumber(of[one], shown.width) === null);
  const sheet = (one: number, isBeside: boolean) => (
    <FeatureSheet
      model={model}
      dictionary={shown.name}
      feature={one}
      prompt={prompt}
      open={(next) => to({ [isBeside ? "beside" : "feature"]: String(next) })}
      beside={(next) => to({ beside: String(next) })}
    />
  );
  return (
    <>
      <p className="path">
        <button onClick={() => to({ dictionary: "", feature: "", beside: "" })}>all dictionaries</button>
        {feature !== null && <button onClick={() => to({ feature: "", beside: "" })}>search in {shown.name}</button>}
        {beside !== null && <button onClick={() => to({ beside: "" })}>one feature alone</button>}
      </p>
      <Ask of={of} width={shown.width} to={to} />
      {wrong !== undefined && (
        <p className="state failed" role="alert">
          There is no feature “{of[wrong]}”; this dictionary has 0 to {shown.width - 1}.
        </p>
      )}
      <main className="sheet features" aria-busy="false">
        {feature === null ? (
          <Search of={of} model={model} shown={shown} to={to} made={made} />
        ) : (
          <div className={beside === null ? "alone-feature" : "two-features"}>
            {sheet(feature, false)}
            {beside !== null && sheet(beside, true)}
          </div>
        )}
      </main>
    </>
  );
}

/** Text, prompt and number, typed; Enter asks. */
function Ask(props: { of: Within["of"]; width: number; to: Within["to"] }) {
  const { of, to } = props;
  return (
    <div className="question feature-question">
      <Field name="prompt" label="Prompt: what is active on it" value={of["prompt"] ?? ""} go={(prompt) => to({ prompt })} button="ask" />
      <Field name="text" label="Text: labels, tokens it raises, examples" value={of["text"] ?? ""} go={(text) => to({ text, feature: "", beside: "" })} button="find" />
      <Field name="feature" label={`Feature, 0 to ${props.width - 1}`} value={of["feature"] ?? ""} go={(feature) => to({ feature })} button="open" />
      <Field name="beside" label="beside" value={of["beside"] ?? ""} go={(beside) => to({ beside })} button="set" disabled={of["feature"] === undefined} />
    </div>
  );
}

function Field(props: { name: string; label: string; value: string; go: (value: string) => void; button: string; disabled?: boolean }) {
  const [typed, setTyped] = useState(props.value);
  useEffect(() => setTyped(props.value), [props.value]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    props.go(typed);
  };
  return (
    <form className={`field field-${props.name}`} onSubmit={send}>
      <label>
        <span>{props.label}</span>
        <input name={props.name} value={typed} onChange={(event) => setTyped(event.target.value)} disabled={props.disabled === true} spellCheck={false} />
      </label>
      <button type="submit" disabled={props.disabled === true}>
        {props.button}
      </button>
    </form>
  );
}

function Search({ of, model, shown, to, made }: Within) {
  const text = of["text"] ?? "";
  const prompt = of["prompt"] ?? "";
  const foreign = shown.madeFor !== "" && shown.madeFor !== shown.model.name;
  return (
    <>
      <header className="plain">
        <div className="asked">
          <h1>{shown.name}</h1>
          <p className="soft">
            {shown.width} features of {shown.reads.join(", ")}
            {shown.reads.join() === shown.writes.join() ? "" : `, written to ${shown.writes.join(", ")}`}; kept of each
            token: {shown.code}.{" "}
            {shown.pages.length === 0
              ? "No feature pages."
              : `Feature pages: ${shown.pages.map((pages) => `${pages.name} (${pages.tokens} tokens)`).join(", ")}.`}
          </p>
          {foreign && (
            <p>
              It was made for {shown.madeFor}, and is asked of {shown.model.name}: what it says may mean nothing.
            </p>
          )}
        </div>
      </header>
      {text === "" && prompt === "" && (
        <p className="nothing-yet">
          Type a prompt, to see which features are active on it and what each does; or a text, to find features by; or a
          number.
        </p>
      )}
      {text !== "" && <ByText model={model} dictionary={shown.name} text={text} to={to} />}
      {prompt !== "" && <ByPrompt model={model} dictionary={shown.name} prompt={prompt} to={to} />}
      {shown.labelled.length > 0 && (
        <Part title="Labelled by people">
          <ul className="labelled">
            {shown.labelled.map((label) => (
              <li key={label.feature}>
                <button onClick={() => to({ feature: String(label.feature) })}>{label.feature}</button> <Person text={label.text} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      <MakePages model={model} dictionary={shown.name} names={shown.pages.map((pages) => pages.name)} made={made} />
    </>
  );
}

function Part(props: { title: string; children: ReactNode }) {
  return (
    <section className="part" aria-label={props.title}>
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

function ByText(props: { model: string; dictionary: string; text: string; to: Within["to"] }) {
  const { model, dictionary, text } = props;
  const found = useAnswer(JSON.stringify([model, dictionary, text]), (signal) =>
    ask("POST /api/features/find", { model, dictionary, text }, {}, signal),
  );
  return (
    <Part title={`Features by the text “${text}”`}>
      {found.state === "asked" && <Waiting words="Looked for in every feature; the first time takes some seconds." />}
      {found.state === "failed" && <Failed message={found.message} again={found.again} />}
      {found.state === "here" && (
        <>
          <p className="soft small">Looked in {found.value.looked.join(", ")}.</p>
          {found.value.hits.length === 0 ? (
            <p>Nothing has it. Try a shorter text, or one token.</p>
          ) : (
            <div className="scroll" tabIndex={0} role="region" aria-label="Features found">
              <table>
                <thead>
                  <tr>
                    <th>feature</th>
                    <th className="words">found by</th>
                    <th className="words">called</th>
                  </tr>
                </thead>
                <tbody>
                  {found.value.hits.map((hit) => (
                    <tr key={hit.feature}>
                      <td>
                        <button onClick={() => props.to({ feature: String(hit.feature) })}>{hit.feature}</button>
                      </td>
                      <td className="words">{hit.by}</td>
                      <td className="words">
                        {hit.label !== "" && <Person text={hit.label} />} <Machine label={hit.machine} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </Part>
  );
}

function ByPrompt(props: { model: string; dictionary: string; prompt: string; to: Within["to"] }) {
  const { model, dictionary, prompt, to } = props;
  const key = JSON.stringify([model, dictionary, prompt]);
  const active = useAnswer(key, (signal) => ask("POST /api/features/active", { model, dictionary, prompt, seed: 0 }, {}, signal));
  const codes = useAnswer(key, (signal) => ask("POST /api/features/codes", { model, dictionary, prompt }, {}, signal));
  const open = (feature: number) => to({ feature: String(feature) });
  return (
    <>
      <Part title="Active on the prompt">
        {active.state === "asked" && <Waiting words="The effect without each feature is measured." />}
        {active.state === "failed" && <Failed message={active.message} again={active.again} />}
        {active.state === "here" && (
          <>
            <p className="soft small">
              log p(<code>{visible(active.value.answer.text)}</code>) is {number(active.value.baseline)} nats. Beside each
              feature: its change without it at that token, and that with a random direction as long in its place; faint
              where the feature&apos;s is not the larger.
              {active.value.unread.length > 0 && ` Not asked of: position ${active.value.unread.join(", ")}, an attention sink.`}
            </p>
            <div className="scroll" tabIndex={0} role="region" aria-label="Active features by size">
              <table>
                <thead>
                  <tr>
                    <th>feature</th>
                    <th>at</th>
                    <th>activation</th>
                    <th>without it, nats</th>
                    <th>random, nats</th>
                    <th className="words">called</th>
                  </tr>
                </thead>
                <tbody>
                  {active.value.rows.map((row) => (
                    <tr key={`${row.feature}@${row.position}`} className={Math.abs(row.effect) <= Math.abs(row.placebo) ? "soft" : ""}>
                      <td>
                        <button onClick={() => open(row.feature)}>{row.feature}</button>
                      </td>
                      <td>
                        {row.position}:{visible(active.value.tokens[row.position]?.text ?? "")}
                      </td>
                      <td>{number(row.activation, 2)}</td>
                      <td>{signed(row.effect, 3)}</td>
                      <td>{signed(row.placebo, 3)}</td>
                      <td className="words">
                        <Machine label={row.machine} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        )}
      </Part>
      {codes.state === "failed" && <Failed message={codes.message} again={codes.again} />}
      {codes.state === "here" && codes.value.features.length > 0 && (
        <Part title="On its tokens, and together">
          <PromptMaps features={codes.value.features} codes={codes.value.codes} tokens={codes.value.tokens.map((token) => token.text)} open={open} />
        </Part>
      )}
      <MissedPanel model={model} dictionary={dictionary} prompt={prompt} open={open} />
    </>
  );
}

function PromptMaps(props: { features: readonly number[]; codes: readonly (readonly number[])[]; tokens: readonly string[]; open: (feature: number) => void }) {
  const matrix = jaccard(props.codes);
  const order = chained(matrix);
  const features = order.map((i) => props.features[i]!);
  return (
    <div className="maps">
      <MatrixMap
        name="codes"
        title="Codes"
        caption="features that say most, at each token"
        rows={features}
        columns={props.tokens}
        values={order.map((i) => props.codes[i]!)}
        unit="activation"
        digits={2}
        choose={props.open}
      />
      <MatrixMap
        name="together-prompt"
        title="Fire together"
        caption="share of the tokens of either on which both fire"
        rows={features}
        columns={features.map(String)}
        values={order.map((i) => order.map((j) => (i === j ? 0 : matrix[i]![j]!)))}
        unit="Jaccard"
        digits={2}
        choose={props.open}
      />
    </div>
  );
}
