import type { Address } from "../address";
import { AWAY } from "../client";
import { Waiting } from "../states";
import { JobRow } from "./JobRow";
import { inOrder } from "./jobWords";
import type { Jobs } from "./useJobs";

/** All jobs that wait or go on, and the newest of those that have come to their end. */
export function JobsPanel(props: { known: Jobs; open: (to: Address) => void }) {
  const { jobs, isLost } = props.known;
  return (
    <div className="jobs" id="jobs" role="region" aria-label="Jobs">
      {isLost && (
        <p className="soft" role="alert">
          {AWAY.charAt(0).toUpperCase() + AWAY.slice(1)}.
        </p>
      )}
      {jobs === null && !isLost && <Waiting words="The jobs are listed." />}
      {jobs?.length === 0 && (
        <p className="soft">No jobs yet. Whatever takes long will stand here. A study, a sweep or a training goes on when the page is closed; what a page waits for, an explanation or a long text, ends with it.</p>
      )}
      {jobs !== null && jobs.length > 0 && (
        <>
          <p className="soft">Two go on at a time, and two that a page waits for; they take turns. The others wait in the order of asking.</p>
          <ul>
            {inOrder(jobs).map((job) => (
              <JobRow key={job.id} job={job} open={props.open} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
