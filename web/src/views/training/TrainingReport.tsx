import { useMemo } from "react";
import { saveText } from "../../figure/save";
import type { TrainingRecord } from "../../record/training";
import { curveCsv, curves } from "../../record/curves";
import { count, number } from "../../record/words";
import { Section } from "../Section";
import { TitleBlock } from "../TitleBlock";
import { CurveFigure } from "./CurveFigure";

/** How a dictionary was trained: what came of it, the curves, and what they do not show. */
export function TrainingReport(props: { record: TrainingRecord }) {
  const { record } = props;
  const { losses, explained, l0, dead } = useMemo(() => curves(record.curve), [record]);
  const last = record.curve[record.curve.length - 1];
  const steps = last?.step ?? 0;
  return (
    <main className="sheet training" aria-busy="false">
      <header>
        <div className="asked">
          <h1>
            A dictionary of {count(record.width)} latents for {record.inputs.join(" and ")}
            {record.outputs.join() !== record.inputs.join() && ` to ${record.outputs.join(" and ")}`}
          </h1>
          {last !== undefined && (
            <p className="verdict">
              {steps < record.steps ? `After ${count(steps)} of ${count(record.steps)} steps it` : "It"} explains{" "}
              {number(100 * last.explained, 1)} % of the variance of a batch with {number(last.l0, 1)} latents a token;{" "}
              {number(100 * last.dead, 1)} % of its latents are dead.
            </p>
          )}
        </div>
        <TitleBlock rows={madeBy(record)} />
      </header>
      <Section
        no={1}
        title="How the loss fell"
        told={
          <p>
            The parts of the loss of single batches, on a logarithmic axis; what training lowers is their sum.{" "}
            <code>reconstruction</code> is the squared error of a token, summed over its numbers.
          </p>
        }
      >
        <CurveFigure name="loss" title="Loss" unit="↑ loss" readings={losses} log />
      </Section>
      <Section
        no={2}
        title="What it explains, with how much"
        told={
          <>
            <p>
              Explained variance is 1 − FVU of the batch that was just trained on, before any text was held out: squared errors over squared
              deviations from the batch's mean, both summed over all tokens and numbers.
            </p>
            <p>L0 is the mean number of latents that are active on a token.</p>
          </>
        }
      >
        <CurveFigure name="explained" title="Explained variance" unit="↑ share" readings={explained} />
        <CurveFigure name="l0" title="L0" unit="↑ latents a token" readings={l0} domain={[0, most(l0)]} />
        <CurveFigure name="dead" title="Dead latents" unit="↑ share" readings={dead} domain={[0, Math.max(0.05, most(dead))]} />
      </Section>
      <Section no={3} title="What was not shown" told={<p className="soft">A curve of training batches is no judgement.</p>}>
        <ul className="limits">
          <li>All numbers are of batches that the dictionary was trained on. On other text, and beside its trivial baselines:</li>
        </ul>
        <pre className="repeat">./cutaway features judge FOLDER --text OTHER.txt</pre>
        <p>To train it again:</p>
        <pre className="repeat">{record.command}</pre>
        <p>
          <button onClick={() => saveText(curveCsv(record.curve), "curve.csv", "text/csv")}>The curves as CSV</button>
        </p>
      </Section>
    </main>
  );
}

function most(readings: readonly { value: number }[]): number {
  return 1.1 * Math.max(0, ...readings.map(({ value }) => value));
}

function madeBy(record: TrainingRecord): [string, string][] {
  return [
    ["model", record.model],
    ["weights", `sha256 ${record.sha256}`],
    ["sites", record.outputs.join() === record.inputs.join() ? record.inputs.join(", ") : `${record.inputs.join(", ")} → ${record.outputs.join(", ")}`],
    ["coder", record.coder],
    ["size", `${count(record.width)} latents, ${count(record.parameters)} parameters`],
    ["steps", `${count(record.steps)} of ${count(record.batch)} tokens, rate ${record.rate}`],
    ["text", `${count(record.vectors)} activations of ${record.texts.join(", ")}`],
    ["seed", String(record.seed)],
    ["took", `${number(record.seconds, 0)} s, ${count(Math.round(record.tokensPerSecond))} tokens/s`],
    ["version", record.version],
  ];
}
