import { useMemo, useState, type FormEvent } from "react";
import { NO_LIMITS, PointingProvider } from "../../figure/pointing";
import { OverlapMatrix, SignMatrix } from "../../figure/SignMatrix";
import type { Offered, SignsRead } from "../../record/routes";
import { count, number, signed } from "../../record/words";
import { Section } from "../../views/Section";
import { Brief } from "../Brief";
import { wordOf } from "../address";
import { JobLine, Stopped } from "../states";
import { useJob } from "../useJob";
import type { ViewProps } from "../Workbench";
import { ModelField } from "./ModelField";

/** From which p on overlaps are not told from chance. */
const CHANCE = 0.05;

const MATRICES = ["", "in", "gate", "up", "out"] as const;

interface Question {
  layer: number;
  weights: string;
  towards: string;
  agreement: number;
  permutations: number;
}

const USUAL: Question = { layer: 0, weights: "", towards: "", agreement: 0.6, permutations: 99 };

/** A layer's MLP, read from the signs of its weights; nothing is run. */
export function SignsSheet({ address, go, about }: ViewProps) {
  const { of } = address;
  const model = of["model"] ?? about.models.find((one) => one.usual)?.name ?? "";
  const question = useMemo<Question>(
    () => ({
      layer: Number(of["layer"] ?? USUAL.layer),
      weights: of["weights"] ?? USUAL.weights,
      towards: of["towards"] ?? USUAL.towards,
      agreement: Number(of["agreement"] ?? USUAL.agreement),
      permutations: Number(of["permutations"] ?? USUAL.permutations),
    }),
    [of],
  );
  const read = useJob("signs", of["layer"] === undefined ? null : { model, ...question }, wordOf(address));
  const submit = (next: Question, by: string) =>
    go({
      view: "lab",
      of: {
        experiment: "signs",
        model: by,
        ...Object.fromEntries(Object.entries(next).map(([name, value]) => [name, String(value)])),
      },
      isAsked: true,
    });
  return (
    <>
      <SignsForm key={JSON.stringify([model, question])} models={about.models} model={model} question={question} submit={submit} />
      {read.state === "none" && (
        <main className="sheet start" aria-busy="false">
          <h1>What does a layer compute, as far as the signs of its weights tell?</h1>
          <p className="soft">
            Inputs of one clause share a code: pluses on the same neurons. Read are plus, minus and none of each weight of an MLP; nothing is run. How far the overlaps of pluses
            go beyond chance is measured against matrices with the same margins. It takes a minute or two.
          </p>
        </main>
      )}
      {read.state === "going" && <JobLine going={read} words="Signs:" />}
      {read.state === "stopped" && <Stopped stop={read} cancelled="The reading of these signs was cancelled." failed="no signs: " />}
      {read.state === "here" && <Codes found={read.value} />}
    </>
  );
}

function SignsForm(props: {
  models: readonly Offered[];
  model: string;
  question: Question;
  submit: (question: Question, model: string) => void;
}) {
  const [model, setModel] = useState(props.model);
  const [typed, setTyped] = useState(() => Object.fromEntries(Object.entries(props.question).map(([name, value]) => [name, String(value)])));
  const set = (name: string) => (event: { target: { value: string } }) => setTyped((now) => ({ ...now, [name]: event.target.value }));
  const numbers = { layer: Number(typed["layer"]), agreement: Number(typed["agreement"]), permutations: Number(typed["permutations"]) };
  const isReady =
    /^\d{1,4}$/.test(typed["layer"]!.trim()) && /^\d{1,3}$/.test(typed["permutations"]!.trim()) && numbers.agreement > 0 && numbers.agreement <= 1;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) props.submit({ ...numbers, weights: typed["weights"]!, towards: typed["towards"]! }, model);
  };
  return (
    <form className="question lab-question" onSubmit={send}>
      <div className="numbers">
        <label>
          <span>Layer</span>
          <input name="layer" inputMode="numeric" value={typed["layer"]} onChange={set("layer")} />
        </label>
        <label>
          <span>Weights</span>
          <select name="weights" value={typed["weights"]} onChange={set("weights")}>
            {MATRICES.map((one) => (
              <option key={one} value={one}>
                {one === "" ? "the usual" : one}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Towards a token</span>
          <input name="towards" value={typed["towards"]} onChange={set("towards")} placeholder="all neurons" />
        </label>
        <label>
          <span>Agreement, up to 1</span>
          <input name="agreement" inputMode="decimal" value={typed["agreement"]} onChange={set("agreement")} />
        </label>
        <label>
          <span>Permutations</span>
          <input name="permutations" inputMode="numeric" value={typed["permutations"]} onChange={set("permutations")} />
        </label>
        <ModelField models={props.models} model={model} choose={setModel} />
      </div>
      <button type="submit" className="go" disabled={!isReady}>
        read signs
      </button>
      <Brief run="signs" asked={isReady ? { model, ...numbers, weights: typed["weights"], towards: typed["towards"] } : null} />
    </form>
  );
}

function Codes({ found }: { found: SignsRead }) {
  const isTold = found.pValue !== undefined && found.pValue <= CHANCE;
  return (
    <main className="sheet lab" aria-busy="false">
      <header className="plain">
        <div className="asked">
          <h1>
            The MLP of layer {found.layer}, {found.weights}
          </h1>
          <p className="verdict">
            Overlaps of pluses are <b>{number(found.structure, 2)}</b> times what chance gives
            {found.pValue === undefined ? "; no permutations were asked for, so that nothing is told from chance" : `, p = ${number(found.pValue, 3)}`}
            {found.pValue !== undefined && !isTold && (isLeast(found) ? `, the least that ${found.permutations} permutations can give: ask for more` : ": not told from it, and groups and roles may be what chance makes")}.
          </p>
          <p className="soft capacity">Capacity: {found.capacity}.</p>
        </div>
      </header>
      <Section
        no={1}
        title="Signs, sorted"
        told={
          <>
            <p>
              {count(found.neurons)} neurons, codes read off {count(found.readers)} of them; {count(found.inputs)} inputs. Weights no larger than {found.cut} standard
              deviations count as none.
            </p>
            <p className="soft">Inputs of no group stand as the tree of agreements has them.</p>
          </>
        }
      >
        <PointingProvider limits={NO_LIMITS}>
          <SignMatrix name="sign-matrix" sorted={found.matrix} />
          <OverlapMatrix name="overlaps" sorted={found.matrix} />
        </PointingProvider>
      </Section>
      <Section
        no={2}
        title={found.groupCount === 1 ? "1 group" : `${count(found.groupCount)} groups`}
        told={
          <>
            <p>
              Inputs whose signs agree by {found.agreement} and more on average. Their code: the neurons that three quarters of them have a plus on.
            </p>
            <p className="soft">
              Of so many codes drawn at random, {found.collisions < 0.005 ? "fewer than 0.01" : number(found.collisions, 2)} ordered pairs should collide: one code within another.
            </p>
          </>
        }
      >
        {found.groups.length === 0 ? (
          <p className="soft">No inputs agree as much. A lower agreement gives looser groups.</p>
        ) : (
          <div className="scroll" tabIndex={0} role="region" aria-label="Groups">
            <table>
              <thead>
                <tr>
                  <th scope="col">group</th>
                  <th className="words" scope="col">inputs</th>
                  <th className="words" scope="col">code, of neurons</th>
                </tr>
              </thead>
              <tbody>
                {found.groups.map((group, i) => (
                  <tr key={i}>
                    <th scope="row">{i + 1}</th>
                    <td className="words">{list(group.inputs)}</td>
                    <td className="words">{list(group.code)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {found.groupCount > found.groups.length && <p className="soft">And {count(found.groupCount - found.groups.length)} smaller ones.</p>}
      </Section>
      <Section
        no={3}
        title="Overlaps and roles"
        told={<p className="soft">Shared pluses in standard deviations beyond chance, the most overlapping pairs. A neuron&apos;s role: in one group&apos;s code, in several (shared), a witness of what is missing, or other.</p>}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">inputs</th>
              <th scope="col">shared pluses</th>
              <th scope="col">beyond chance</th>
            </tr>
          </thead>
          <tbody>
            {found.pairs.map((pair) => (
              <tr key={`${pair.first}-${pair.second}`}>
                <th scope="row">
                  {pair.first} and {pair.second}
                </th>
                <td>{pair.shared}</td>
                <td>{signed(pair.excess, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="small">
          Neurons:{" "}
          {Object.entries(found.roles)
            .map(([role, neurons]) => `${count(neurons)} ${role}`)
            .join(", ")}
          .
        </p>
      </Section>
      <Section no={4} title="The same again" told={<p className="soft">With --json, every group and role.</p>}>
        <pre className="repeat">{found.command}</pre>
      </Section>
    </main>
  );
}

/** Whether no permutation was as unlike chance. */
function isLeast(found: SignsRead): boolean {
  return found.pValue !== undefined && found.pValue! * (found.permutations + 1) < 1.5;
}

const MOST_LISTED = 24;

function list(numbers: readonly number[]): string {
  if (numbers.length === 0) return "none";
  return numbers.slice(0, MOST_LISTED).join(", ") + (numbers.length > MOST_LISTED ? `, and ${count(numbers.length - MOST_LISTED)} more` : "");
}
