import { useEffect, useState } from "react";
import type { Job, Routes } from "../record/routes";
import { ask, follow, isEnd, Refused } from "./client";

type Kind = { [R in keyof Routes]: R extends `POST /api/jobs/${infer K}` ? K : never }[keyof Routes];
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
  const [progress, setProgress] = useState<Progress<Result<K>, Draft<K>>>({ state: "none" });
  const [tries, setTries] = useState(0);
  const key = asked === null ? null : JSON.stringify(asked);
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
      let job = await ask(`POST /api/jobs/${kind}` as keyof Routes, JSON.parse(key) as never) as Job;
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
        const value = await ask(`GET /api/results/${kind}/{id}` as keyof Routes, null as never, { id: job.id });
        tell({ state: "here", job, value: value as Result<K> });
      } else {
        tell({ state: "stopped", job, draft, message: job.state === "CANCELLED" ? "cancelled." : job.problem, again });
      }
    };
    work().catch((failure: unknown) => {
      const message = failure instanceof Refused || failure instanceof Error ? failure.message : String(failure);
      tell({ state: "stopped", job: null, draft, message, again });
    });
    return () => stop.abort();
  }, [kind, key, tries]);
  return progress;
}

/** @throws Refused when the server does not answer */
export async function cancel(job: Job): Promise<void> {
  await ask("DELETE /api/jobs/{id}", null, { id: job.id });
}
