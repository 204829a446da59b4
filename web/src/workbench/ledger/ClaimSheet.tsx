import { useState, type FormEvent } from "react";
import type { Entry } from "../../record/routes";
import { modelName, number, signed } from "../../record/words";
import { ask } from "../client";
import { EffectStrip, reach } from "../lens/EffectStrip";
import { HeldOutForm } from "./HeldOutForm";
import { Badge } from "./LedgerView";

/** One claim: its parts in the order in which they are measured, and what is still missing. */
export function ClaimSheet(props: { entry: Entry; changed: () => void }) {
  const { entry, changed } = props;
  const { claim, standing } = entry;
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const act = (work: () => Promise<unknown>) => async () => {
    setBusy(true);
    setProblem("");
    try {
      await work();
      changed();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    } finally {
      setBusy(false);
    }
  };
  const at = { id: entry.id };
  const { words } = entry;
  const told = claim.inContrast ? words?.contrast : words?.prompt;
  const lacks = (part: string) => standing.missing.find((missing) => missing.part === part);
  const threshold = Math.max(0, ...(claim.control?.changes ?? []).map(Math.abs));
  const effect = claim.edited - claim.baseline;
  const heldOut = claim.heldOut?.effects ?? [];
  const most = Math.max(reach(effect, claim.control?.changes ?? []), heldOut.length === 0 ? 0 : reach(mean(heldOut), claim.heldOut?.controls ?? []));
  return (
    <article className="claim" aria-label={claim.says}>
      <h2>{claim.says}</h2>
      <p>
        <Badge entry={entry} />{" "}
        {standing.status === "SUGGESTED" && <span className="soft">missing: {standing.missing.map((one) => one.part).join(", ")}</span>}
        {standing.status === "SUPPORTED" && !entry.supported && <span className="soft">nothing is missing and nothing speaks against it: it can be called supported</span>}
        {standing.status === "CONTRADICTED" && <span>{standing.against.join("; ")}</span>}
      </p>
      <dl className="parts">
        <dt>intervention</dt>
        <dd>
          <code>{JSON.stringify(claim.edits)}</code>
          <br />
          {claim.inContrast ? "on the contrast" : "on the prompt"}
          {told != null && (
            <>
              {" "}
              <q>{told}</q>
            </>
          )}
          , {modelName(claim.model.name)}: {words?.metric} from {number(claim.baseline)} to{" "}
          {number(claim.edited)}, <strong className="number">{signed(effect, 3)}</strong>
        </dd>
        <dt>control</dt>
        <dd>
          {claim.control === undefined ? (
            <Lack words={lacks("control")?.why}>
              <button disabled={busy} onClick={act(() => ask("POST /api/claims/{id}/control", {}, at))}>
                measure the control
              </button>
            </Lack>
          ) : (
            <>
              {claim.control.words}: at most {number(threshold)} in size
              <EffectStrip effect={effect} controls={claim.control.changes} most={most} />
            </>
          )}
        </dd>
        <dt>held-out data</dt>
        <dd>
          {claim.heldOut !== undefined && (
            <>
              {claim.heldOut.pairs.length} prompts: mean {signed(mean(claim.heldOut.effects), 3)}
              <EffectStrip effect={mean(claim.heldOut.effects)} controls={claim.heldOut.controls} most={most} />
            </>
          )}
          {lacks("held-out data") !== undefined && <Lack words={lacks("held-out data")!.why} />}
          <HeldOutForm claim={entry.id} changed={changed} />
        </dd>
        <dt>seeds</dt>
        <dd>{lacks("seeds") === undefined ? claim.control?.seeds.join(", ") : <Lack words={lacks("seeds")!.why} />}</dd>
        <dt>interval</dt>
        <dd>
          {claim.heldOut?.interval === undefined ? (
            <Lack words={lacks("interval")?.why} />
          ) : (
            <>
              95 %: {number(claim.heldOut.interval.low)} to {number(claim.heldOut.interval.high)}
              {claim.heldOut.controlInterval !== undefined && (
                <span className="soft">
                  ; controls {number(claim.heldOut.controlInterval.low)} to {number(claim.heldOut.controlInterval.high)}
                </span>
              )}
            </>
          )}
        </dd>
        <dt>scope</dt>
        <dd>
          <ScopeForm
            scope={claim.scope}
            why={lacks("scope")?.why}
            save={(scope) => act(() => ask("POST /api/claims/{id}/scope", { scope }, at))()}
          />
        </dd>
      </dl>
      <p className="choices">
        {!entry.supported && (
          <button className="go" disabled={busy || standing.status !== "SUPPORTED"} title={standing.status === "SUGGESTED" ? `it lacks ${standing.missing.map((one) => one.part).join(", ")}` : standing.against.join("; ")} onClick={act(() => ask("POST /api/claims/{id}/support", null, at))}>
            call it supported
          </button>
        )}
        <button disabled={busy} onClick={act(() => ask("DELETE /api/claims/{id}", null, at))}>
          take it away
        </button>
      </p>
      {problem !== "" && (
        <p role="alert" className="state failed">
          {problem}
        </p>
      )}
    </article>
  );
}

function Lack(props: { words: string | undefined; children?: React.ReactNode }) {
  return (
    <>
      <span className="lack">missing</span> {props.words} {props.children}
    </>
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function ScopeForm(props: { scope: string; why: string | undefined; save: (scope: string) => void }) {
  const [typed, setTyped] = useState(props.scope);
  const send = (event: FormEvent) => {
    event.preventDefault();
    props.save(typed);
  };
  return (
    <form className="row" onSubmit={send}>
      {props.why !== undefined && <Lack words={props.why} />}
      <input
        aria-label="Scope"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder="this model, prompts of this form, …"
      />
      <button type="submit" disabled={typed === props.scope}>
        keep
      </button>
    </form>
  );
}
