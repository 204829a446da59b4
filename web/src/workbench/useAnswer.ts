import { useEffect, useState } from "react";

/** What is known of an answer: not asked, on its way, here, or refused. */
export type Answer<T> =
  | { state: "none" }
  | { state: "asked"; before: T | null }
  | { state: "here"; key: string; value: T }
  | { state: "failed"; message: string; again: () => void };

/**
 * Asks whenever `key` changes; a late answer to an old question is dropped.
 *
 * @param key what the question depends on, as text; null to ask nothing
 */
export function useAnswer<T>(key: string | null, asking: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ state: "none" });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (key === null) {
      setAnswer({ state: "none" });
      return;
    }
    const stop = new AbortController();
    setAnswer((now) => ({ state: "asked", before: now.state === "here" ? now.value : null }));
    asking(stop.signal).then(
      (value) => {
        if (!stop.signal.aborted) setAnswer({ state: "here", key, value });
      },
      (failure: unknown) => {
        if (!stop.signal.aborted) {
          const message = failure instanceof Error ? failure.message : String(failure);
          setAnswer({ state: "failed", message, again: () => setTries((now) => now + 1) });
        }
      },
    );
    return () => stop.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key says all that the question depends on
  }, [key, tries]);
  return answer;
}
