import type { ClaimAsked, Measured } from "../../record/routes";
import { number } from "../../record/words";
import type { Subject } from "../../views/bench";
import type { Intervention } from "./edits";

/** What an intervention showed, as the ledger is asked to measure it: the effect, and the controls that stood beside it. */
export function claimAsked(model: string, of: Subject, done: Intervention, found: Measured): Omit<ClaimAsked, "says"> {
  return {
    model,
    prompt: of.prompt,
    contrast: of.contrast,
    inContrast: done.base === of.contrast,
    edits: [...done.edits],
    metric: found.metric,
    controls: found.controls.length,
    seed: found.seed,
  };
}

/**
 * What a reader may want to claim, to be typed over.
 *
 * @param words what is measured
 */
export function suggestedClaim(words: string, done: Intervention, found: Measured): string {
  return `If ${done.words}, ${words} ${found.effect < 0 ? "falls" : "rises"} by ${number(Math.abs(found.effect), 2)} nats`;
}
