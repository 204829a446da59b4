import { useState, type FormEvent } from "react";
import type { ClaimAsked } from "../../record/routes";
import { ask } from "../client";

/** Records what an intervention showed as a claim; its effect and the controls beside it are measured again by the server. */
export function ClaimForm(props: { asked: Omit<ClaimAsked, "says">; suggested: string }) {
  const [says, setSays] = useState(props.suggested);
  const [kept, setKept] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const controls = props.asked.controls ?? 0;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setProblem("");
    try {
      setKept((await ask("POST /api/claims", { ...props.asked, says })).id);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  return (
    <form className="row claim-form wide" onSubmit={(event) => void send(event)}>
      <input aria-label="Claim" value={says} onChange={(event) => { setSays(event.target.value); setKept(null); }} />
      <button type="submit" disabled={says.trim() === "" || kept !== null}>
        record as a claim
      </button>
      {kept !== null && (
        <a href={`/ledger?claim=${kept}`}>
          recorded as suggested, its effect{controls === 0 ? "" : ` and ${controls} controls`} measured anew for the ledger; see what it lacks
        </a>
      )}
      {problem !== "" && <span role="alert">{problem}</span>}
    </form>
  );
}
