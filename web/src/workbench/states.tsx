import { useEffect, useState } from "react";
import type { Job } from "../record/routes";
import { AWAY } from "./client";
import { moment } from "./jobs/jobWords";
import { cancel, type Stop } from "./useJob";

/** What could not be had, in the server's own words, with a way to ask again. */
export function Failed(props: { message: string; again: () => void }) {
  return (
    <div className="state failed" role="alert">
      <p>{capital(props.message)}</p>
      <button onClick={props.again}>ask again</button>
    </div>
  );
}

/**
 * What came of a job that has no result.
 *
 * @param cancelled what the reader cancelled, in a sentence
 * @param failed what stands before the server's own words, where it is not they who cancelled it
 */
export function Stopped(props: { stop: Stop; cancelled: string; failed?: string }) {
  const { stop, cancelled, failed = "" } = props;
  if (!stop.isCancelled) return <Failed message={failed + stop.message} again={stop.again} />;
  return (
    <div className="state cancelled" role="status">
      <p>
        {cancelled} {stop.job !== null && <span className="soft">{moment(stop.job.ended)}</span>}
      </p>
      <button onClick={stop.again}>run it again</button>
    </div>
  );
}

/** What is on its way: a line that fills nothing and promises nothing. */
export function Waiting(props: { words: string }) {
  return (
    <p className="state waiting soft" role="status">
      {props.words}
    </p>
  );
}

/** How far a job is, with a way to stop it. */
export function JobLine(props: { going: { job: Job | null; isLost: boolean }; words: string }) {
  const { job, isLost } = props.going;
  const [isCancelled, setCancelled] = useState(false);
  const id = job?.id;
  useEffect(() => setCancelled(false), [id, isLost]);
  const stop = (of: Job) => {
    setCancelled(true);
    cancel(of).catch(() => setCancelled(false)); // the server is away: the line says so
  };
  return (
    <div className="state job" role="status" data-state={job?.state ?? "QUEUED"}>
      <span className="needle" aria-hidden="true" />
      <span>
        {props.words}
        {isLost ? (
          <span> {AWAY}, and this goes on.</span>
        ) : (
          <span className="soft"> {isCancelled ? "is being cancelled; it stops at the end of its step" : stepOf(job)}</span>
        )}
      </span>
      {job !== null && !isLost && (job.state === "QUEUED" || job.state === "RUNNING") && (
        <button onClick={() => stop(job)} disabled={isCancelled}>
          cancel
        </button>
      )}
    </div>
  );
}

function stepOf(job: Job | null): string {
  if (job === null) return "asked for";
  if (job.step === "") return "waiting for its turn";
  return job.done === "" ? job.step : `${job.step}, ${job.done}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
