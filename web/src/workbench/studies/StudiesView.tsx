import { useEffect } from "react";
import type { Job, StudyEntry } from "../../record/routes";
import { StudyReport } from "../../views/study/StudyReport";
import { wordOf } from "../address";
import { ask } from "../client";
import { lastRun, moment, runsOf } from "../jobs/jobWords";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import type { ViewProps } from "../Workbench";
import { planOf, writtenPlan } from "./plan";
import { KnownRun, QuickRun, RunPlan } from "./QuickRun";

const VERDICTS: Record<string, string> = {
  REPRODUCED: "reproduced",
  PARTLY: "partly",
  NOT_REPRODUCED: "not reproduced at this scale",
  INSTRUMENT_FAILED: "the instrument failed",
};

/** Every study with its card, its verdict and its figures; its quick form runs from here. */
export function StudiesView({ address, go }: ViewProps) {
  const id = address.of["study"] ?? "";
  const shown = address.of["run"] ?? ""; // "plan", "quick", "kept", the id of a run, or nothing: the last run, else what is kept
  const all = useAnswer(`studies ${shown}`, (signal) => ask("GET /api/studies", null, {}, signal));
  const list = all.state === "here" ? all.value.studies : all.state === "asked" ? (all.before?.studies ?? null) : null;
  const chosen = list?.find((entry) => entry.card.id === id) ?? null;
  const runs = useAnswer(id === "" ? null : `runs ${id} ${shown}`, (signal) => ask("GET /api/jobs", null, { kind: "study" }, signal));
  useEffect(() => {
    document.title = chosen === null ? "Studies – Cutaway" : `${chosen.card.title} – Cutaway`;
  }, [chosen]);
  if (all.state === "failed") return <Failed message={all.message} again={all.again} />;
  if (list === null) return <Waiting words="The studies are listed." />;
  if (chosen === null) return <List list={list} unknown={id} open={(study) => go({ view: "studies", of: { study } })} />;
  if (runs.state === "failed") return <Failed message={runs.message} again={runs.again} />;
  if (runs.state !== "here") return <Waiting words="The study's runs are listed." />;
  return <Opened key={id} entry={chosen} jobs={runs.value.jobs} shown={shown} address={address} go={go} />;
}

/** One study: its last run here, else the result that is kept, or what was chosen of these. */
function Opened(props: { entry: StudyEntry; jobs: readonly Job[]; shown: string } & Pick<ViewProps, "address" | "go">) {
  const { entry, jobs, shown, address, go } = props;
  const study = entry.card.id;
  const plan = planOf(address.of, entry.parameters);
  const last = lastRun(jobs, study);
  const run = shown === "" ? last : (runsOf(jobs, study).find(({ id }) => id === shown) ?? null);
  const isKept = run === null && shown !== "plan" && shown !== "quick";
  const isLost = isKept && shown !== "" && shown !== "kept";
  const to = (of: Record<string, string>, isAsked = false) => () => go({ view: "studies", of: { ...of, study }, isAsked });
  return (
    <>
      <nav className="path" aria-label="This study">
        <button onClick={() => go({ view: "studies", of: {} })}>all studies</button>
        <button aria-pressed={isKept} disabled={entry.verdict === ""} onClick={to({ run: "kept" })}>
          the result that is kept
        </button>
        {last !== null && (
          <button aria-pressed={run?.id === last.id} onClick={to({ run: last.id })}>
            its last run here, {moment(last.created)}
          </button>
        )}
        <button aria-pressed={shown === "plan" || shown === "quick"} onClick={to({ ...address.of, run: "plan" })}>
          run its quick form here
        </button>
      </nav>
      {isLost && <NotThere words={`The link names run ${shown}, which is not there, or not of this study${entry.verdict === "" ? "" : "; below is the result that is kept"}.`} />}
      {shown === "plan" && <RunPlan entry={entry} plan={plan} run={(changed) => to({ run: "quick", ...writtenPlan(changed, entry.parameters) }, true)()} />}
      {shown === "quick" && <QuickRun entry={entry} plan={plan} word={wordOf(address)} />}
      {run !== null && <KnownRun key={run.id} entry={entry} job={run} />}
      {isKept && <Kept entry={entry} />}
    </>
  );
}

/** What a link named in vain, in one sentence. */
function NotThere(props: { words: string }) {
  return (
    <div className="state failed" role="alert">
      <p>{props.words}</p>
    </div>
  );
}

/** @param unknown the study that the address names and that is none of these; empty for none */
function List(props: { list: readonly StudyEntry[]; unknown: string; open: (id: string) => void }) {
  return (
    <main className="sheet" aria-busy="false">
      <header className="plain">
        <div className="asked">
          <h1>Studies</h1>
          <p className="verdict">
            Methods of papers, each rerun by one command. A verdict is computed from bars that were set before, never
            typed in.
          </p>
        </div>
      </header>
      {props.unknown !== "" && <NotThere words={`The link names study ${props.unknown}, which is not there; all that are here are listed below.`} />}
      <div className="drawn scroll" tabIndex={0} role="region" aria-label="All studies">
        <table>
          <thead>
            <tr>
              <th className="words">study</th>
              <th className="words">paper</th>
              <th className="words">claim</th>
              <th className="words">verdict</th>
            </tr>
          </thead>
          <tbody>
            {props.list.map((entry) => (
              <tr key={entry.card.id}>
                <td>
                  <button onClick={() => props.open(entry.card.id)}>{entry.card.id}</button>
                </td>
                <td className="words">
                  {entry.card.title} <span className="soft">({entry.card.year})</span>
                </td>
                <td className="words soft">{entry.card.claim}</td>
                <td className="words">
                  {entry.verdict === "" ? <span className="soft">no result is kept</span> : (VERDICTS[entry.verdict] ?? entry.verdict)}
                  {entry.date !== "" && <span className="soft date"> {entry.date}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </main>
  );
}

function Kept(props: { entry: StudyEntry }) {
  const { entry } = props;
  const kept = useAnswer(entry.verdict === "" ? null : entry.card.id, (signal) =>
    ask("GET /api/studies/{id}/result", null, { id: entry.card.id }, signal),
  );
  if (kept.state === "here") return <StudyReport record={kept.value} />;
  if (kept.state === "failed") return <Failed message={kept.message} again={kept.again} />;
  if (kept.state === "asked") return <Waiting words="The result is read." />;
  return (
    <main className="sheet" aria-busy="false">
      <header className="plain">
        <div className="asked">
          <h1>{entry.card.title}</h1>
          <p className="verdict">{entry.card.claim}</p>
          <p className="soft">{entry.card.method}</p>
          <p>No result of it is kept with the documents. Its quick form takes a minute at most.</p>
        </div>
      </header>
    </main>
  );
}
