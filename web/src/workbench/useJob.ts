import { useEffect, useState } from "react";
import type { Job, Routes } from "../record/routes";
import { ask, follow, isEnd, Refused } from "./client";

/** A kind of work, as the server names it. */
export type Kind = { [R in keyof Routes]: R extends `POST /api/jobs/${infer K}` ? K : never }[keyof Routes];
type Asked<K extends Kind> = Routes[`POST /api/jobs/${K}` & keyof Routes]["takes"];
type Result<K extends Kind> = Routes[`GET /api/results/${K}/{id}` & keyof Routes]["gives"];

/** What is known of a work before its end; of most, nothing. */
type Draft<K extends Kind> = `GET /api/drafts/${K}/{id}` extends keyof Routes ? Routes[`GET /api/drafts/${K}/{id}`]["gives"] : null;

/** @property isLost whether the server does not answer; then it is asked again and again */
export type Progress<T, D = null> =
  | { state: "none" }
  | { state: "going"; job: Job | null; draft: D | null; isLost: boolean }
  | { state: "here"; job: Job; value: T }
  | { state: "stopped"; job: Job | null; draft: D | null; message: string; again: () => void };

/**
 * A long work of the server, asked for whenever the question changes; the job goes on when the page is left, and is
 * found again. An explanation stops then, a few seconds later, unless another waits for it.
 *
 * @param asked null to ask nothing
 */
export function useJob<K extends Kind>(kind: K, asked: Asked<K> | null): Progress<Result<K>, Draft<K>> {
  return useFollowed(kind, asked === null ? null : JSON.stringify(asked), (key) => begin(kind, JSON.parse(key)));
}

/** A job that is there already: it is never begun by being looked at, only where a reader asks again. */
export function useKnownJob<K extends Kind>(kind: K, job: Job): Progress<Result<K>, Draft<K>> {
  return useFollowed(kind, job.id, (id, isAgain) => (isAgain ? begin(kind, job.asked) : ask("GET /api/jobs/{id}", null, { id })));
}

function begin(kind: Kind, asked: unknown): Promise<Job> {
  return ask(`POST /api/jobs/${kind}`, asked as never);
}

/**
 * Follows a job to its result.
 *
 * @param key what the job depends on, as text; null for none
 * @param start gives the job, as it is now
 */
function useFollowed<K extends Kind>(kind: K, key: string | null, start: (key: string, isAgain: boolean) => Promise<Job>): Progress<Result<K>, Draft<K>> {
  const [progress, setProgress] = useState<Progress<Result<K>, Draft<K>>>({ state: "none" });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (key === null) {
      setProgress({ state: "none" });
      return;
    }
    const stop = new AbortController();
    const again = () => setTries((now) => now + 1);
    const tell = (next: Progress<Result<K>, Draft<K>>) => {
      if (!stop.signal.aborted) setProgress(next);
    };
    let draft: Draft<K> | null = null;
    const work = async () => {
      let wanted = 0; // the newest draft that was asked for
      tell({ state: "going", job: null, draft, isLost: false });
      let job = await start(key, tries > 0);
      const hear = (now: Job) => {
        const number = now.drafts;
        job = now;
        tell({ state: "going", job, draft, isLost: false });
        if (number <= wanted || isEnd(now)) return;
        wanted = number;
        ask(`GET /api/drafts/${kind}/{id}` as keyof Routes, null as never, { id: job.id }, stop.signal).then(
          (known) => {
            if (number < wanted) return;
            draft = known as Draft<K>;
            if (!isEnd(job)) tell({ state: "going", job, draft, isLost: false });
          },
          () => undefined, // the work ended meanwhile, and its result is asked for
        );
      };
      await follow(job.id, hear, () => tell({ state: "going", job, draft, isLost: true }), stop.signal);
      if (stop.signal.aborted) return;
      if (job.state === "DONE") {
        tell({ state: "here", job, value: (await result(job)) as Result<K> });
      } else {
        tell({ state: "stopped", job, draft, message: job.problem === "" ? "cancelled." : job.problem, again });
      }
    };
    work().catch((failure: unknown) => {
      const message = failure instanceof Refused || failure instanceof Error ? failure.message : String(failure);
      tell({ state: "stopped", job: null, draft, message, again });
    });
    return () => stop.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key says all that the job depends on
  }, [kind, key, tries]);
  return progress;
}

/** What came of a job that is done. */
export function result(job: Job): Promise<unknown> {
  return ask(`GET /api/results/${job.kind as Kind}/{id}`, null, { id: job.id });
}

/** @throws Refused when the server does not answer */
export async function cancel(job: Job): Promise<void> {
  await ask("DELETE /api/jobs/{id}", null, { id: job.id });
}
