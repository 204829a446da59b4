import { useState, type FormEvent } from "react";
import type { Job, StudyEntry } from "../../record/routes";
import type { StudyResult } from "../../record/study";
import { Section } from "../../views/Section";
import { StudyReport } from "../../views/study/StudyReport";
import type { Address } from "../address";
import { Brief } from "../Brief";
import { ask } from "../client";
import { JobLine, Stopped } from "../states";
import { useAnswer } from "../useAnswer";
import { useJob, useKnownJob, type Progress } from "../useJob";
import { askedOf, MOST_SEEDS, problemOf, type Plan } from "./plan";

/** A run of a study's quick form: watched, then shown as the study's page. */
export function QuickRun(props: { entry: StudyEntry; plan: Plan; word: Address | null }) {
  const { card, parameters } = props.entry;
  const asked = askedOf(card.id, props.plan, parameters);
  return <Run entry={props.entry} asked={asked} run={useJob("study", asked, props.word)} />;
}

/** A run that was begun before: to look at it begins nothing. */
export function KnownRun(props: { entry: StudyEntry; job: Job }) {
  return <Run entry={props.entry} asked={props.job.asked} run={useKnownJob("study", props.job)} />;
}

function Run(props: { entry: StudyEntry; asked: unknown; run: Progress<StudyResult> }) {
  const { asked, run } = props;
  const { card } = props.entry;
  return (
    <>
      {run.state === "going" && <JobLine going={run} words={`${card.id}:`} />}
      {run.state === "stopped" && <Stopped stop={run} cancelled={`The run of ${card.id} was cancelled.`} />}
      <Brief run="study" asks={`Does it hold at this scale: ${card.claim}`} sites={card.method} asked={asked} />
      {run.state === "here" && <StudyReport record={run.value} />}
    </>
  );
}

/** Before a run: what it asks, how it goes about it, which can be changed, and what it will be held to. */
export function RunPlan(props: { entry: StudyEntry; plan: Plan; run: (plan: Plan) => void }) {
  const { entry, run } = props;
  const { card, parameters } = entry;
  const [seeds, setSeeds] = useState(String(props.plan.seeds));
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(Object.entries(props.plan.values).map(([name, value]) => [name, String(value)])),
  );
  const kept = useAnswer(entry.verdict === "" ? null : card.id, (signal) => ask("GET /api/studies/{id}/result", null, { id: card.id }, signal));
  const numbers = Object.fromEntries(Object.entries(values).map(([name, typed]) => [name, typed.trim() === "" ? NaN : Number(typed)]));
  const problem = problemOf(seeds, values);
  const isReady = problem === "";
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) run({ seeds: Number(seeds), values: numbers });
  };
  return (
    <main className="sheet" aria-busy="false">
      <form className="plan" onSubmit={send}>
        <header className="plain">
          <div className="asked">
            <h1>{card.title}</h1>
            <p className="verdict">{card.claim}</p>
          </div>
        </header>
        <Brief
          run="study"
          asks={`Does it hold at this scale: ${card.claim}`}
          sites={card.method}
          asked={isReady ? askedOf(card.id, { seeds: Number(seeds), values: numbers }, parameters) : null}
        />
        <Section no={1} title="How it goes about it" told={<p className="soft">{card.method}</p>}>
          <table>
            <tbody>
              <tr>
                <td className="words">
                  <label htmlFor="plan-seeds">seeds</label>
                </td>
                <td>
                  <input id="plan-seeds" inputMode="numeric" aria-invalid={problemOf(seeds, {}) !== ""} aria-describedby="plan-problem" value={seeds} onChange={(event) => setSeeds(event.target.value)} />
                </td>
                <td className="words soft">how often all of it is drawn and measured anew, 1 to {MOST_SEEDS}</td>
              </tr>
              {parameters.map(({ name, meaning, value }) => (
                <tr key={name}>
                  <td className="words">
                    <label htmlFor={`plan-${name}`}>{name}</label>
                  </td>
                  <td>
                    <input
                      id={`plan-${name}`}
                      inputMode="decimal"
                      aria-invalid={!Number.isFinite(numbers[name])}
                      aria-describedby="plan-problem"
                      value={values[name]}
                      onChange={(event) => setValues({ ...values, [name]: event.target.value })}
                    />
                  </td>
                  <td className="words soft">
                    {meaning}
                    {numbers[name] !== value && <b> (quick form: {value})</b>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="row">
            <button type="submit" className="go" disabled={!isReady}>
              run it
            </button>
            <span id="plan-problem" role="alert">
              {problem}
            </span>
            {isReady && <span className="soft">As it stands, a minute at most on two cores; more seeds and larger numbers take longer. It can be cancelled.</span>}
          </p>
        </Section>
        <Section no={2} title="What it will be held to" told={<p className="soft">Set before it runs; a control must lose on every seed.</p>}>
          {kept.state === "here" ? (
            <Goals kept={kept.value} />
          ) : (
            <p className="soft">Its bars and controls are shown with the result.</p>
          )}
        </Section>
      </form>
    </main>
  );
}

/** Bars and controls as they stood in the result that is kept, and what it says of its limits. */
function Goals(props: { kept: StudyResult }) {
  const { kept } = props;
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Bars and controls">
        <table>
          <thead>
            <tr>
              <th className="words">what</th>
              <th>goal</th>
              <th className="words">control, which must lose</th>
            </tr>
          </thead>
          <tbody>
            {kept.table.map(({ bar }) => (
              <tr key={bar.what}>
                <td className="words">
                  {bar.what}
                  {bar.kind === "INSTRUMENT" && <span className="soft"> (instrument)</span>}
                </td>
                <td>{bar.goal}</td>
                <td className="words soft">{bar.control?.what ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {kept.notes.length > 0 && (
        <details>
          <summary>what its last result of the usual size did not show</summary>
          <ul className="limits">
            {kept.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
