import { saveText } from "../../figure/save";
import type { LabRecord } from "../../record/lab";
import { gapWords, labCsv, mean, measureLines, measures } from "../../record/labCurves";
import { count, number } from "../../record/words";
import { Section } from "../Section";
import { TitleBlock } from "../TitleBlock";
import { CurveFigure } from "./CurveFigure";

/** So many instances have a line of the table; of more, the first. */
const SHOWN = 16;

/** What is said of embedded tokens, where a task knows it. */
const TOKENS = [
  ["topTwo", "variance of tokens in two components"],
  ["deviation", "deviation from parallelograms"],
  ["tokens", "distance of tokens within a class over between"],
] as const;

/** How a small model was trained: what came of it, the curves of all its instances, and how to do it again. */
export function LabReport(props: { record: LabRecord }) {
  const { record } = props;
  const names = measures(record.curve);
  const has = (name: string) => names.includes(name);
  const centres = record.measures.some((measure) => measure.centres !== null);
  return (
    <main className="sheet training" aria-busy="false">
      <header>
        <div className="asked">
          <h1>
            {record.task}: {record.instances.length === 1 ? record.instances[0] : `${count(record.instances.length)} instances`}
          </h1>
          <p className="verdict">{verdict(record)}</p>
        </div>
        <TitleBlock rows={madeBy(record)} />
      </header>
      <Section
        no={1}
        title="How the loss fell"
        told={
          <>
            <p>{record.about}</p>
            <p>
              The loss on the batch of a step, after that step, on a logarithmic axis
              {has("test loss") && ", and on examples that were held out"}.
            </p>
          </>
        }
      >
        <CurveFigure name="loss" title="Loss" unit="↑ loss" readings={measureLines(record, "loss", true)} log />
        {has("test loss") && (
          <CurveFigure name="test-loss" title="Loss on held-out examples" unit="↑ loss" readings={measureLines(record, "test loss", true)} log />
        )}
      </Section>
      {has("accuracy") && (
        <Section
          no={2}
          title="How often it is right"
          told={
            <>
              <p>The share of examples whose answer is right; of several questions, where all are.</p>
              {has("test accuracy") && (
                <p>
                  Learned is where 95 % are right. The steps from the training examples being learned to those held out are the grokking gap,
                  read off the points of the curve.
                </p>
              )}
              {centres && (
                <p>
                  Class centres: the correlation of the head's rows with the means of what the head is given, class by class. Spread: the
                  distance of examples from their class's mean, over that between two means. Both on what was held out.
                </p>
              )}
              {known(record, "topTwo") && (
                <p>
                  Variance of tokens: the share of the embedding's variance that two principal components take
                  {known(record, "deviation") &&
                    ". Deviation: how far four tokens that stand for the corners of a parallelogram are from one, 0 where they are one, about 1.4 at random"}
                  {known(record, "tokens") && ". Distance of tokens: of two of one class over that of two of different ones, about 1 at random"}.
                </p>
              )}
            </>
          }
        >
          <CurveFigure name="accuracy" title="Accuracy" unit="↑ share" readings={measureLines(record, "accuracy")} domain={[0, 1]} />
          {has("test accuracy") && (
            <CurveFigure
              name="test-accuracy"
              title="Accuracy on held-out examples"
              unit="↑ share"
              readings={measureLines(record, "test accuracy")}
              domain={[0, 1]}
            />
          )}
          {has("test accuracy") && <Measured record={record} centres={centres} />}
        </Section>
      )}
      <Section no={has("accuracy") ? 3 : 2} title="To do it again" told={<p className="soft">The same command finds it in the cache.</p>}>
        <pre className="repeat">{record.command}</pre>
        <p>
          <button onClick={() => saveText(labCsv(record), "curve.csv", "text/csv")}>The curves as CSV</button>{" "}
          <button onClick={() => saveText(record.recipe, "recipe.json", "application/json")}>The recipe as JSON</button>
        </p>
      </Section>
    </main>
  );
}

function known(record: LabRecord, key: (typeof TOKENS)[number][0]): boolean {
  return record.measures.some((measure) => measure[key] !== null);
}

function verdict(record: LabRecord): string {
  const last = record.curve[record.curve.length - 1];
  if (last === undefined) return "";
  const said = measures(record.curve).map((name) => `${name} ${mean(last.values[name] ?? []).toPrecision(3)}`);
  return `After ${count(last.step)} steps${record.instances.length > 1 ? ", on average" : ""}: ${said.join(", ")}.`;
}

/** When each instance learned its examples and those held out, and where its classes lie. */
function Measured({ record, centres }: { record: LabRecord; centres: boolean }) {
  const tokens = TOKENS.filter(([key]) => known(record, key));
  const step = (value: number | null) => (value === null ? "never" : count(value));
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Each instance">
      <table id="measures">
        <thead>
          <tr>
            <th scope="col">instance</th>
            <th scope="col">learned at step</th>
            <th scope="col">held out at step</th>
            <th scope="col">grokking gap, steps</th>
            {centres && <th scope="col">class centres, correlation</th>}
            {centres && <th scope="col">spread, within over between</th>}
            {tokens.map(([key, words]) => (
              <th scope="col" key={key}>
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {record.measures.slice(0, SHOWN).map((measure, i) => (
            <tr key={i}>
              <th scope="row">{record.instances[i]}</th>
              <td>{step(measure.learned)}</td>
              <td>{step(measure.heldOut)}</td>
              <td>{gapWords(record, measure)}</td>
              {centres && <td>{measure.centres === null ? "none" : number(measure.centres, 3)}</td>}
              {centres && <td>{measure.spread === null ? "none" : number(measure.spread, 3)}</td>}
              {tokens.map(([key]) => (
                <td key={key}>{saidOf(measure[key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function saidOf(value: number | null): string {
  return value === null ? "none" : number(value, 3);
}

function madeBy(record: LabRecord): [string, string][] {
  return [
    ["net", record.net],
    ["head", record.head],
    ["descent", `${record.descent}, rate ${record.rate}`],
    ["size", `${count(record.parameters)} parameters an instance`],
    ["steps", `${count(record.steps)} of ${record.batch === 0 ? "all examples" : `${count(record.batch)} examples`}`],
    ["runs", record.instances.length <= 6 ? record.instances.join("; ") : count(record.instances.length)],
    ["took", `${number(record.seconds, 1)} s`],
    ["kept in", record.folder],
    ["version", record.version],
  ];
}
