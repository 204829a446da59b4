import { useState } from "react";
import { saveText } from "../../figure/save";
import type { Job } from "../../record/routes";
import type { Address } from "../address";
import { isEnd } from "../client";
import { cancel, result } from "../useJob";
import { ViewLink } from "../ViewLink";
import { addressOf, deed, standing, words } from "./jobWords";

/** One job: what it is, how far, and what can be done with it. */
export function JobRow(props: { job: Job; open: (to: Address) => void }) {
  const { job } = props;
  const [problem, setProblem] = useState("");
  const [isCancelled, setCancelled] = useState(false);
  const { name, about } = words(job);
  const there = addressOf(job);
  const to = there === null ? null : { ...there, isAsked: deed(job) === "ask again" };
  const trying = (work: () => Promise<void>) => () => {
    setProblem("");
    work().catch((failure: unknown) => setProblem(failure instanceof Error ? failure.message : String(failure)));
  };
  const stop = trying(async () => {
    await cancel(job);
    setCancelled(true);
  });
  const save = trying(async () => saveText(JSON.stringify(await result(job)), `${job.kind}.json`, "application/json"));
  return (
    <li data-state={job.state}>
      <span className="what">
        <b>{name}</b> {about}
      </span>
      <span className="soft">
        {isCancelled && !isEnd(job) ? "is being cancelled; it stops at the end of its step" : standing(job)}
      </span>
      <span className="deeds">
        {to !== null && (
          <ViewLink to={to} go={props.open} label={`${deed(job)} ${name} ${about}`}>
            {deed(job)}
          </ViewLink>
        )}
        {to === null && job.state === "DONE" && (
          <button onClick={save} aria-label={`save ${name} ${about}`}>
            save (JSON)
          </button>
        )}
        {!isEnd(job) && (
          <button onClick={stop} disabled={isCancelled} aria-label={`cancel ${name} ${about}`}>
            cancel
          </button>
        )}
      </span>
      {problem !== "" && <span role="alert">{problem}</span>}
    </li>
  );
}
