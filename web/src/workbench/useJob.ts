import { useEffect, useRef, useState } from "react";
import type { Job, Routes } from "../record/routes";
import { ask, follow, glance, isEnd, Refused } from "./client";

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
  | Stop<D>;

/** @property isCancelled whether a reader cancelled it; else the message says why there is no result */
export type Stop<D = unknown> = { state: "stopped"; job: Job | null; draft: D | null; isCancelled: boolean; message: string; again: () => void };

/**
 * A long work of the server, asked for whenever the question changes; the job goes on when the page is left, and is
 * found again. One that a page waits for, such as an explanation, stops then, a few seconds later, unless another waits.
 *
 * @param asked null to ask nothing
 * @param word the reader's, given by a form or a button, another one each time: it begins again what has stopped. Null
 *   where an address alone asks: then what the reader cancelled is not begun again
 */
export function useJob<K extends Kind>(kind: K, asked: Asked<K> | null, word: unknown): Progress<Result<K>, Draft<K>> {
  const key = asked === null ? null : JSON.stringify(asked);
  const progress = useFollowed(kind, key, (one, isAgain) => begin(kind, JSON.parse(one), word !== null || isAgain));
  const last = useRef(key);
  useEffect(() => {
    if (last.current === key && word !== null && progress.state === "stopped") progress.again();
    last.current = key;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what stops after the word was given stays stopped
  }, [word, key]);
  return progress;
}

/** A job that is there already: it is never begun by being looked at, only where a reader asks again. */
export function useKnownJob<K extends Kind>(kind: K, job: Job): Progress<Result<K>, Draft<K>> {
  return useFollowed(kind, job.id, (id, isAgain) => (isAgain ? begin(kind, job.asked, true) : ask("GET /api/jobs/{id}", null, { id })));
}

/** @param again whether what a reader cancelled is begun again */
function begin(kind: Kind, asked: unknown, again: boolean): Promise<Job> {
  return ask(`POST /api/jobs/${kind}`, asked as never, { again: again ? "1" : "0" });
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
      if (stop.signal.aborted) return glance(job.id); // else the server would not know that nobody waits
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
        tell({ state: "stopped", job, draft, isCancelled: job.problem === "", message: job.problem, again });
      }
    };
    work().catch((failure: unknown) => {
      const message = failure instanceof Refused || failure instanceof Error ? failure.message : String(failure);
      tell({ state: "stopped", job: null, draft, isCancelled: false, message, again });
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
