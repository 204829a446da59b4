import { useEffect } from "react";
import type { StudyEntry } from "../../record/routes";
import { StudyReport } from "../../views/study/StudyReport";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import type { ViewProps } from "../Workbench";
import { planOf, writtenPlan } from "./plan";
import { QuickRun, RunPlan } from "./QuickRun";

const VERDICTS: Record<string, string> = {
  REPRODUCED: "reproduced",
  PARTLY: "partly",
  NOT_REPRODUCED: "not reproduced at this scale",
  INSTRUMENT_FAILED: "the instrument failed",
};

/** Every study with its card, its verdict and its figures; its quick form runs from here. */
export function StudiesView({ address, go }: ViewProps) {
  const id = address.of["study"] ?? "";
  const shown = address.of["run"] ?? ""; // "plan", "quick", or the result that is kept
  const all = useAnswer(`studies ${shown}`, (signal) => ask("GET /api/studies", null, {}, signal));
  const list = all.state === "here" ? all.value.studies : all.state === "asked" ? (all.before?.studies ?? null) : null;
  const chosen = list?.find((entry) => entry.card.id === id) ?? null;
  useEffect(() => {
    document.title = chosen === null ? "Studies – Cutaway" : `${chosen.card.title} – Cutaway`;
  }, [chosen]);
  if (all.state === "failed") return <Failed message={all.message} again={all.again} />;
  if (list === null) return <Waiting words="The studies are listed." />;
  if (chosen === null) return <List list={list} open={(study) => go({ view: "studies", of: { study } })} />;
  const plan = planOf(address.of, chosen.parameters);
  return (
    <>
      <p className="path">
        <button onClick={() => go({ view: "studies", of: {} })}>all studies</button>
        <button aria-pressed={shown === ""} disabled={chosen.verdict === ""} onClick={() => go({ view: "studies", of: { study: id } })}>
          the result that is kept
        </button>
        <button aria-pressed={shown !== ""} onClick={() => go({ view: "studies", of: { ...address.of, study: id, run: "plan" } })}>
          run its quick form here
        </button>
      </p>
      {shown === "plan" && (
        <RunPlan
          key={id}
          entry={chosen}
          plan={plan}
          run={(changed) => go({ view: "studies", of: { study: id, run: "quick", ...writtenPlan(changed, chosen.parameters) } })}
        />
      )}
      {shown === "quick" && <QuickRun entry={chosen} plan={plan} />}
      {shown === "" && <Kept entry={chosen} />}
    </>
  );
}

function List(props: { list: readonly StudyEntry[]; open: (id: string) => void }) {
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
