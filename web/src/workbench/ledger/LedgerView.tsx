import { useCallback, useEffect, useState } from "react";
import type { Entry, LedgerExport } from "../../record/routes";
import { saveText } from "../../figure/save";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import type { ViewProps } from "../Workbench";
import { ClaimSheet } from "./ClaimSheet";

/** The claims made so far, each with what it stands on and what it lacks. */
export function LedgerView({ address, go }: ViewProps) {
  const [version, setVersion] = useState(0);
  const changed = useCallback(() => setVersion((now) => now + 1), []);
  const claims = useAnswer(`claims ${version}`, (signal) => ask("GET /api/claims", null, {}, signal));
  const shown = claims.state === "here" ? claims.value.claims : claims.state === "asked" ? (claims.before?.claims ?? null) : null;
  const chosen = shown?.find((entry) => entry.id === address.of["claim"]) ?? shown?.[0] ?? null;
  useEffect(() => {
    document.title = "Claims – Cutaway";
  }, []);
  return (
    <main className="sheet ledger" aria-busy={shown === null}>
      <header className="plain">
        <div className="asked">
          <h1>Claims</h1>
          <p className="verdict">
            A claim is supported only with an intervention, a control, held-out data, seeds, an interval and a scope.
            Until then it is suggested, and says what it lacks.
          </p>
        </div>
        <Exports disabled={shown === null || shown.length === 0} />
      </header>
      {claims.state === "failed" && <Failed message={claims.message} again={claims.again} />}
      {shown === null && claims.state !== "failed" && <Waiting words="The ledger is opened." />}
      {shown !== null && shown.length === 0 && (
        <p className="nothing-yet">
          No claims yet. In the lens, choose a head or a place, intervene, and record what you see as a claim.
        </p>
      )}
      {shown !== null && chosen !== null && (
        <div className="ledger-columns">
          <ul className="claims" aria-label="Claims, the newest first">
            {shown.map((entry) => (
              <li key={entry.id}>
                <button
                  aria-pressed={entry === chosen}
                  onClick={() => go({ view: "ledger", of: { ...address.of, claim: entry.id } })}
                >
                  <Badge entry={entry} />
                  <span>{entry.claim.says}</span>
                </button>
              </li>
            ))}
          </ul>
          <ClaimSheet key={chosen.id} entry={chosen} changed={changed} />
        </div>
      )}
    </main>
  );
}

/** What a claim may be called: a word and a mark, never a colour alone. */
export function Badge(props: { entry: Entry }) {
  const { entry } = props;
  const status = entry.standing.status;
  const words =
    status === "SUPPORTED" ? (entry.supported ? "supported" : "supportable") : status === "CONTRADICTED" ? "contradicted" : "suggested";
  return (
    <span className="badge" data-status={words}>
      {words === "supported" ? "■" : words === "contradicted" ? "×" : "□"} {words}
    </span>
  );
}

function Exports(props: { disabled: boolean }) {
  const [problem, setProblem] = useState("");
  const save = async (write: (found: LedgerExport) => void) => {
    try {
      setProblem("");
      write(await ask("GET /api/ledger", null));
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  return (
    <div className="exports">
      <button disabled={props.disabled} onClick={() => void save((found) => saveText(found.report, "claims.md", "text/markdown"))}>
        report
      </button>
      <button disabled={props.disabled} onClick={() => void save((found) => saveText(found.claims, "claims.jsonl", "application/x-ndjson"))}>
        claims (JSON)
      </button>
      <button disabled={props.disabled} onClick={() => void save((found) => saveText(found.script, "rerun-claims.sh", "text/x-shellscript"))}>
        script that reruns them
      </button>
      {problem !== "" && <p role="alert">{problem}</p>}
    </div>
  );
}
