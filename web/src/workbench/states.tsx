import type { Job } from "../record/routes";
import { cancel } from "./useJob";

/** What could not be had, in the server's own words, with a way to ask again. */
export function Failed(props: { message: string; again: () => void }) {
  return (
    <div className="state failed" role="alert">
      <p>{capital(props.message)}</p>
      <button onClick={props.again}>ask again</button>
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
export function JobLine(props: { job: Job | null; words: string }) {
  const { job } = props;
  return (
    <div className="state job" role="status" data-state={job?.state ?? "QUEUED"}>
      <span className="needle" aria-hidden="true" />
      <span>
        {props.words}
        {job !== null && job.step !== "" && (
          <span className="soft">
            {" "}
            {job.step}
            {job.done === "" ? "" : `, ${job.done}`}
          </span>
        )}
        {job?.state === "QUEUED" && <span className="soft"> waiting for its turn</span>}
      </span>
      {job !== null && (job.state === "QUEUED" || job.state === "RUNNING") && (
        <button onClick={() => cancel(job)}>cancel</button>
      )}
    </div>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
