import { useEffect, useState } from "react";
import type { Job } from "../../record/routes";
import { ask } from "../client";

/** @property jobs null until they are known; where the server does not answer, as they were */
export interface Jobs {
  jobs: readonly Job[] | null;
  isLost: boolean;
}

/**
 * The jobs of the server, looked at again and again while the page is seen.
 *
 * @param ended at most so many that have come to their end
 * @param pause between two looks, in milliseconds
 */
export function useJobs(ended: number, pause: number): Jobs {
  const [known, setKnown] = useState<Jobs>({ jobs: null, isLost: false });
  useEffect(() => {
    const stop = new AbortController();
    let next: ReturnType<typeof setTimeout>;
    const look = async () => {
      try {
        if (document.visibilityState === "visible") {
          const { jobs } = await ask("GET /api/jobs", null, { ended: String(ended) }, stop.signal);
          setKnown({ jobs, isLost: false });
        }
      } catch {
        if (!stop.signal.aborted) setKnown((before) => ({ ...before, isLost: true }));
      }
      if (!stop.signal.aborted) next = setTimeout(() => void look(), pause);
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(next);
    };
  }, [ended, pause]);
  return known;
}
