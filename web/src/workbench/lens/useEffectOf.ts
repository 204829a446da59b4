import type { EffectAsked, Measured } from "../../record/routes";
import { ask } from "../client";
import { useAnswer } from "../useAnswer";
import { useJob, type Progress, type Stop } from "../useJob";

/** What is known of an intervention: its effect comes before that of its controls. */
export interface EffectOf {
  /** Null while nothing is known; of the question before, while it is `stale`. */
  found: Measured | null;
  isStale: boolean;
  /** With its controls; null until they are there. */
  controlled: Measured | null;
  /** Whether its controls are on their way. */
  isAwaited: boolean;
  /** Of a long text: how far it is. */
  going: Extract<Progress<Measured, Measured>, { state: "going" }> | null;
  stop: Stop | null;
  failed: { message: string; again: () => void } | null;
}

/**
 * Measures an intervention: on a short text by two questions, the second with the controls; on a long one as a job.
 *
 * @param asked null to ask nothing
 * @param isLong whether the text is waited for
 * @param word as of a job
 */
export function useEffectOf(asked: EffectAsked | null, isLong: boolean, word: unknown): EffectOf {
  const key = asked === null || isLong ? null : JSON.stringify(asked);
  const alone = useAnswer(key, (signal) => ask("POST /api/effect", { ...asked!, controls: 0 }, {}, signal));
  const isAlone = alone.state === "here" && alone.key === key;
  const whole = useAnswer(isAlone ? key : null, (signal) => ask("POST /api/effect", asked!, {}, signal));
  const job = useJob("effect", isLong ? asked : null, word);
  if (isLong) return ofJob(job);
  const controlled = whole.state === "here" && whole.key === key ? whole.value : null;
  return {
    found: controlled ?? (alone.state === "here" ? alone.value : alone.state === "asked" ? alone.before : null),
    isStale: !isAlone,
    controlled,
    isAwaited: controlled === null && whole.state !== "failed",
    going: null,
    stop: null,
    failed: alone.state === "failed" ? alone : whole.state === "failed" ? whole : null,
  };
}

function ofJob(job: Progress<Measured, Measured>): EffectOf {
  const controlled = job.state === "here" ? job.value : null;
  const going = job.state === "going" ? job : null;
  const stop = job.state === "stopped" ? job : null;
  return { found: controlled ?? going?.draft ?? stop?.draft ?? null, isStale: false, controlled, isAwaited: going !== null, going, stop, failed: null };
}
