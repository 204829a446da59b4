import { useMemo, useState, type FormEvent } from "react";
import type { ContextAsked, ContextGrown, Offered } from "../../record/routes";
import { count, number, percent } from "../../record/words";
import { Section } from "../../views/Section";
import { Brief } from "../Brief";
import { wordOf } from "../address";
import { JobLine, Stopped } from "../states";
import { useJob } from "../useJob";
import type { ViewProps } from "../Workbench";
import { decoders } from "../decoders";
import { Dial } from "./Dial";
import { EnergyFigure } from "./EnergyFigure";
import { ModelField } from "./ModelField";
import { PlacesFigure } from "./PlacesFigure";
import { useDial } from "./useDial";

const GRAPHS = [
  { graph: "grid:3x3", name: "grid of 3 × 3" },
  { graph: "grid:4x4", name: "grid of 4 × 4" },
  { graph: "ring:10", name: "ring of 10" },
] as const;

type Question = Required<Pick<ContextAsked, "graph" | "longest" | "walks" | "seed">>;

const USUAL: Question = { graph: "grid:3x3", longest: 400, walks: 4, seed: 0 };

/** A graph that only the context tells of: where its words stand in the model as the context grows. */
export function ContextSheet({ address, go, about }: ViewProps) {
  const { of } = address;
  const models = decoders(about.models);
  const model = of["model"] ?? (models.find((one) => one.usual) ?? models[0])?.name ?? "";
  const question = useMemo<Question>(
    () => ({
      graph: of["graph"] ?? USUAL.graph,
      longest: Number(of["longest"] ?? USUAL.longest),
      walks: Number(of["walks"] ?? USUAL.walks),
      seed: Number(of["seed"] ?? USUAL.seed),
    }),
    [of],
  );
  const grown = useJob("context", of["graph"] === undefined ? null : { model, ...question }, wordOf(address));
  const submit = (next: Question, by: string) =>
    go({
      view: "lab",
      of: {
        experiment: "context",
        model: by,
        ...Object.fromEntries(Object.entries(next).map(([name, value]) => [name, String(value)])),
      },
      isAsked: true,
    });
  return (
    <>
      <ContextForm key={JSON.stringify([model, question])} models={models} model={model} question={question} submit={submit} />
      {grown.state === "none" && (
        <main className="sheet start" aria-busy="false">
          <h1>Do a model&apos;s states become the graph that its context walks on?</h1>
          <p className="soft">
            Words that have little to do with each other stand at the nodes of a graph, and a context walks along its edges. At each layer the states of a word are averaged
            over the last words of the context, at growing lengths. The same walks out of order, which no graph is in, are the control. It takes about half a minute on the
            usual model.
          </p>
        </main>
      )}
      {grown.state === "going" && <JobLine going={grown} words="Contexts:" />}
      {grown.state === "stopped" && <Stopped stop={grown} cancelled="The walks on this graph were cancelled." failed="no contexts: " />}
      {grown.state === "here" && (
        <Grown
          key={grown.job.id}
          found={grown.value}
          layer={Number(of["layer"] ?? NaN)}
          length={Number(of["length"] ?? NaN)}
          isOwn={of["plane"] === "own"}
          put={(name, value) => go({ view: "lab", of: { ...of, [name]: value } }, true)}
        />
      )}
    </>
  );
}

function ContextForm(props: {
  models: readonly Offered[];
  model: string;
  question: Question;
  submit: (question: Question, model: string) => void;
}) {
  const [model, setModel] = useState(props.model);
  const [graph, setGraph] = useState(props.question.graph);
  const [typed, setTyped] = useState({
    longest: String(props.question.longest),
    walks: String(props.question.walks),
    seed: String(props.question.seed),
  });
  const values = { longest: Number(typed.longest), walks: Number(typed.walks), seed: Number(typed.seed) };
  const isReady = Object.values(typed).every((text) => /^\d{1,9}$/.test(text.trim()));
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) props.submit({ graph, ...values }, model);
  };
  const fields = [
    ["longest", "Longest, words"],
    ["walks", "Walks"],
    ["seed", "Seed"],
  ] as const;
  return (
    <form className="question lab-question" onSubmit={send}>
      <div className="numbers">
        <label>
          <span>Graph</span>
          <select value={graph} onChange={(event) => setGraph(event.target.value)}>
            {!GRAPHS.some((one) => one.graph === graph) && <option value={graph}>{graph}</option>}
            {GRAPHS.map((one) => (
              <option key={one.graph} value={one.graph}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        {fields.map(([name, words]) => (
          <label key={name}>
            <span>{words}</span>
            <input name={name} inputMode="numeric" value={typed[name]} onChange={(event) => setTyped({ ...typed, [name]: event.target.value })} />
          </label>
        ))}
        <ModelField models={props.models} model={model} choose={setModel} />
      </div>
      <button type="submit" className="go" disabled={!isReady}>
        walk on it
      </button>
      <Brief run="context" asked={isReady ? { model, graph, ...values } : null} />
    </form>
  );
}

function Grown(props: {
  found: ContextGrown;
  layer: number;
  length: number;
  isOwn: boolean;
  put: (name: string, value: string) => void;
}) {
  const { found, isOwn, put } = props;
  const { lengths, layers } = found;
  const layer = layers.includes(props.layer) ? props.layer : layers.at(-1)!;
  const given = lengths.indexOf(props.length);
  const [at, move] = useDial(given < 0 ? lengths.length - 1 : given, (next) => put("length", String(lengths[next])));
  const ofLayer = useMemo(() => found.moments.filter((moment) => moment.layer === layer), [found, layer]);
  const moment = ofLayer[at]!;
  const mass = found.mass[at]!;
  return (
    <main className="sheet lab" aria-busy="false">
      <header className="plain">
        <div className="asked">
          <h1>
            A {GRAPHS.find((one) => one.graph === found.graph)?.name ?? found.graph} in the context of {found.model.name}
          </h1>
          <p className="verdict" aria-live="polite" data-energy={moment.energy}>
            At {count(moment.length)} words the energy of layer {layer} is <b>{number(moment.energy, 2)}</b> of chance
            {moment.chance <= 0.05 ? "" : ", not told from it"} (p = {number(moment.chance, 3)}); in walks out of order {number(moment.shuffled, 2)}.
          </p>
        </div>
      </header>
      <Section
        no={1}
        title="Where the words stand"
        told={
          <>
            <p>
              Each word stands at the mean of its states after block {layer}, over the last {found.window} words of {found.walks} contexts (of a shorter
              one over all, its first word too, whose state may be unlike all others); lines are the edges of the
              graph, which only the order of words tells.
            </p>
            <p className="soft">
              {isOwn
                ? "Drawn in the two directions in which the states of this length vary most, turned as a whole, with a reflection where that helps, so that each length lies nearest the next longer one (Procrustes)."
                : "Drawn in the two directions in which the states of the longest context vary most: one plane for all lengths, so that nothing has to be turned. Choose the other to see what each length varies in itself."}
            </p>
            <p className="soft">A picture is no measure: the energy is taken over all directions.</p>
          </>
        }
      >
        <Dial name="context" places={lengths.length} at={at} move={move} words={(i) => `${count(lengths[i]!)} words`} plays />
        <div className="choices pairs">
          <label>
            <span className="soft">after block </span>
            <select aria-label="Layer" value={layer} onChange={(event) => put("layer", event.target.value)}>
              {layers.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
          <button aria-pressed={!isOwn} onClick={() => put("plane", "")}>
            the longest context&apos;s plane
          </button>
          <button aria-pressed={isOwn} onClick={() => put("plane", "own")}>
            each length&apos;s own, turned
          </button>
        </div>
        <div className="halves">
          <PlacesFigure found={found} moments={ofLayer} at={at} isOwn={isOwn} />
          <EnergyFigure moments={ofLayer} at={at} layer={layer} />
        </div>
      </Section>
      <Section
        no={2}
        title="What is measured"
        told={
          <p className="soft">
            Energy: the sum over edges of <span className="number">|x − y|²</span>, over what it is when the words change places; 1 is chance. No echo: once what a model that attends to the word before
            has of its neighbours is taken out, as walks out of order tell it.
          </p>
        }
      >
        <table>
          <tbody>
            <Measured name="energy, over chance" value={number(moment.energy, 3)} />
            <Measured name="share of permutations as low" value={number(moment.chance, 3)} />
            <Measured name="energy without the echo of the word before" value={number(moment.withoutEcho, 3)} />
            <Measured name="energy in walks out of order" value={number(moment.shuffled, 3)} />
            <Measured
              name="rank correlation of steps on the graph with distances in this length's own plane"
              value={moment.spearman === undefined || moment.spearman === null ? "–" : number(moment.spearman, 3)}
            />
            <Measured name="probability of the neighbours, as next word" value={percent(mass.neighbours)} />
            <Measured name="the same in walks out of order" value={percent(mass.shuffled)} />
          </tbody>
        </table>
      </Section>
      <Section no={3} title="The same again" told={<p className="soft">With --json, places and energies of every layer and length.</p>}>
        <pre className="repeat">{found.command}</pre>
      </Section>
    </main>
  );
}

function Measured(props: { name: string; value: string }) {
  return (
    <tr>
      <th scope="row">{props.name}</th>
      <td>{props.value}</td>
    </tr>
  );
}
