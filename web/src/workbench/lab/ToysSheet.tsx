import { useCallback, useMemo, useState, type FormEvent } from "react";
import type { ToysAsked, ToysTrained } from "../../record/routes";
import { count, number, percent } from "../../record/words";
import { Section } from "../../views/Section";
import { Brief } from "../Brief";
import { MatrixMap } from "../features/MatrixMap";
import { wordOf } from "../address";
import { JobLine, Stopped } from "../states";
import { useJob } from "../useJob";
import type { ViewProps } from "../Workbench";
import { Dial } from "./Dial";
import { DirectionsFigure } from "./DirectionsFigure";
import { StoredFigure } from "./StoredFigure";
import { FIELDS, products, stored, toyProblem } from "./toys";
import { useDial } from "./useDial";

/** What is asked where nobody says anything else. */
const USUAL: ToysAsked = { features: 5, dimensions: 2, importance: 0.9, steps: 4000, seed: 0 };

/** Toys of superposition: how features share dimensions, by sparsity and over the training. */
export function ToysSheet({ address, go }: ViewProps) {
  const { of } = address;
  const given = useMemo(() => Object.fromEntries(FIELDS.map(({ name }) => [name, of[name] ?? String(USUAL[name] ?? 0)])), [of]);
  const asked = useMemo<ToysAsked | null>(
    () =>
      of["features"] === undefined || toyProblem(given) !== null
        ? null
        : (Object.fromEntries(Object.entries(given).map(([name, text]) => [name, Number(text)])) as unknown as ToysAsked),
    [of, given],
  );
  const trained = useJob("toys", asked, wordOf(address));
  const submit = (next: ToysAsked) =>
    go({
      view: "lab",
      of: { experiment: "toys", ...Object.fromEntries(Object.entries(next).map(([name, value]) => [name, String(value)])) },
      isAsked: true,
    });
  return (
    <>
      <ToysForm key={JSON.stringify(given)} given={given} submit={submit} />
      {trained.state === "none" && (
        <main className="sheet start" aria-busy="false">
          <h1>How does a model store more features than it has dimensions?</h1>
          <p className="soft">
            A toy writes n numbers with m and reads them back: y = ReLU(WᵀWx + b). Twenty-one toys are trained side by side, from features that are always there to
            features that are there in 1 % of inputs; then you move between them. It takes some ten seconds, and is kept.
          </p>
        </main>
      )}
      {trained.state === "going" && <JobLine going={trained} words="Toys:" />}
      {trained.state === "stopped" && <Stopped stop={trained} cancelled="The training of these toys was cancelled." failed="no toys: " />}
      {trained.state === "here" && (
        <Trained
          key={trained.job.id}
          found={trained.value}
          density={Number(of["density"] ?? 0.1)}
          step={Number(of["step"] ?? NaN)}
          feature={of["feature"] === undefined ? null : Number(of["feature"])}
          put={(name, value) => go({ view: "lab", of: { ...of, [name]: value } }, true)}
        />
      )}
    </>
  );
}

function ToysForm(props: { given: Readonly<Record<string, string>>; submit: (asked: ToysAsked) => void }) {
  const [typed, setTyped] = useState(props.given);
  const values = Object.fromEntries(FIELDS.map(({ name }) => [name, Number(typed[name])]));
  const problem = toyProblem(typed);
  const isReady = problem === null;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) props.submit(values as unknown as ToysAsked);
  };
  return (
    <form className="question lab-question" onSubmit={send}>
      <div className="numbers">
        {FIELDS.map(({ name, words }) => (
          <label key={name}>
            <span>{words}</span>
            <input name={name} inputMode="decimal" value={typed[name]} onChange={(event) => setTyped({ ...typed, [name]: event.target.value })} />
          </label>
        ))}
      </div>
      <button type="submit" className="go" disabled={!isReady}>
        train them
      </button>
      {problem !== null && <span role="alert">{problem}</span>}
      <Brief run="toys" asked={isReady ? values : null} />
    </form>
  );
}

function Trained(props: {
  found: ToysTrained;
  density: number;
  step: number;
  feature: number | null;
  put: (name: string, value: string) => void;
}) {
  const { found, put, feature } = props;
  const { features, dimensions } = found.asked;
  const steps = found.toys[0]!.moments.map((moment) => moment.step);
  const [toyAt, moveToy] = useDial(
    place(found.toys.map((toy) => toy.density), props.density, 0),
    (at) => put("density", String(found.toys[at]!.density)),
  );
  const [stepAt, moveStep] = useDial(place(steps, props.step, steps.length - 1), (at) => put("step", String(steps[at])));
  const toy = found.toys[toyAt]!;
  const moment = toy.moments[stepAt]!;
  const names = useMemo(() => Array.from({ length: features }, (_, i) => i), [features]);
  const values = useMemo(() => products(moment.directions), [moment]);
  const largest = useMemo(
    () => Math.max(1, ...found.toys.flatMap((each) => each.moments.flatMap((at) => at.norms))),
    [found],
  );
  const choose = useCallback((one: number) => put("feature", one === feature ? "" : String(one)), [put, feature]);
  const isEnd = stepAt === steps.length - 1;
  const held = stored(moment);
  return (
    <main className="sheet lab" aria-busy="false">
      <header className="plain">
        <div className="asked">
          <h1>
            {features} features in {dimensions} {dimensions === 1 ? "dimension" : "dimensions"}
          </h1>
          <p className="verdict" aria-live="polite" data-stored={held}>
            Where a feature is in {percent(toy.density)} of inputs, the toy stores <b>{held}</b> of {features}
            {isEnd ? "" : `, after ${count(moment.step)} steps`}.
          </p>
        </div>
      </header>
      <Section
        no={1}
        title="By sparsity, and over the training"
        told={
          <>
            <p>
              Sparsity S is how often a feature is 0. Each toy was trained for itself; nothing between two of them is drawn. A feature counts as stored where |W| is above
              0.9.
            </p>
            <p className="soft">
              A toy may be turned as a whole without any change of what it computes. Each is turned once, with a reflection where that helps, so that at its end it lies
              nearest the denser toy beside it (Procrustes about the origin): so turned, a direction lies {number(found.apart, 3)} from the same feature&apos;s next door,
              {" "}{number(found.apartUnturned, 3)} as trained (root mean square). What still jumps has changed.
            </p>
            <p className="soft">Its loss on held-out inputs, at the end: {number(toy.loss, 5)}.</p>
          </>
        }
      >
        <Dial
          name="sparsity"
          places={found.toys.length}
          at={toyAt}
          move={moveToy}
          words={(at) => `S = ${sparsity(found.toys[at]!.density)}`}
          plays
        />
        <Dial name="training" places={steps.length} at={stepAt} move={moveStep} words={(at) => `step ${count(steps[at]!)}`} plays />
        <div className={dimensions === 2 ? "halves" : "alone"}>
          {dimensions === 2 && <DirectionsFigure moment={moment} largest={largest} chosen={feature} />}
          <MatrixMap
            name="toy-products"
            title="WᵀW"
            caption="what the toy makes of each feature from each other: the diagonal is |W|²"
            rows={names}
            columns={names.map(String)}
            values={values}
            unit="product"
            digits={3}
            choose={choose}
          />
        </div>
        <div className="scroll" tabIndex={0} role="region" aria-label="Features of the toy">
          <table>
            <thead>
              <tr>
                <th scope="col">feature</th>
                <th scope="col">importance</th>
                <th scope="col">|W|</th>
                <th scope="col" className="measure" aria-label="|W|, drawn" />
                <th scope="col">D, its share of a dimension</th>
                <th scope="col" className="measure" aria-label="D, drawn" />
                <th scope="col">bias</th>
              </tr>
            </thead>
            <tbody>
              {names.map((one) => (
                <tr key={one} className={one === feature ? "chosen" : undefined}>
                  <th scope="row">{one}</th>
                  <td>{number(found.importances[one]!, 2)}</td>
                  <td>{number(moment.norms[one]!, 3)}</td>
                  <Measure share={moment.norms[one]! / largest} />
                  <td>{number(moment.dimensionality[one]!, 3)}</td>
                  <Measure share={moment.dimensionality[one]!} />
                  <td>{number(moment.bias[one]!, 3)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Section
        no={2}
        title="At every sparsity"
        told={<p className="soft">At the step that is chosen. A linear map stores as many features as it has dimensions, whatever the sparsity: the dashed line.</p>}
      >
        <StoredFigure found={found} stepAt={stepAt} toyAt={toyAt} />
      </Section>
      <Section no={3} title="The same again" told={<p className="soft">The lab keeps this training: the command finds it there, and trains it where it is not kept.</p>}>
        <pre className="repeat">{found.command}</pre>
      </Section>
    </main>
  );
}

function Measure({ share }: { share: number }) {
  return (
    <td className="measure">
      <span className="bar" style={{ width: `${100 * Math.min(1, share)}%` }} />
    </td>
  );
}

/** Where a value stands among some; elsewhere where none is it. */
function place(values: readonly number[], value: number, otherwise: number): number {
  const at = values.indexOf(value);
  return at < 0 ? otherwise : at;
}

/** 1 - density, in as many digits as tell it from its neighbours. */
function sparsity(density: number): string {
  return number(1 - density, density < 0.1 ? 3 : 2);
}
