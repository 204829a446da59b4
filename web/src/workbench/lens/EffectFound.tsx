import type { ReactNode } from "react";
import { Figure } from "../../figure/Figure";
import type { Candidate } from "../../record/explanation";
import { number } from "../../record/words";
import { Next } from "../../views/Opening";
import { EffectStrip } from "./EffectStrip";

/** What an intervention did: the effect, beside what its controls do and what comes next without it and with it. */
export function EffectFound(props: {
  found: {
    effect: number;
    controls: readonly number[];
    control: string;
    threshold: number;
    told: boolean;
    before: readonly Candidate[];
    after: readonly Candidate[];
  };
  /** What went from where to where. */
  children: ReactNode;
  /** Whether it is of the question before. */
  stale?: boolean;
  /** Whether its controls are still being measured. */
  awaited?: boolean;
}) {
  const { found } = props;
  return (
    <div className="found" data-stale={props.stale === true} aria-live="polite">
      <div>
        <p>{props.children}</p>
        <p className="soft">
          {props.awaited === true
            ? "Its controls are being measured."
            : found.controls.length === 0
            ? `Controls: ${found.control}.`
            : `${found.controls.length} controls, ${found.control}, change it by at most ${number(found.threshold)} in size: ${
                found.told ? "the effect is larger." : "the effect is not told from chance."
              }`}
        </p>
        <Figure
          name="effect"
          title="The effect, ○ its controls"
          data={() => ({
            columns: ["what", "change"],
            rows: [["effect", found.effect], ...found.controls.map((value, i): [string, number] => [`control ${i}`, value])],
          })}
        >
          <EffectStrip effect={found.effect} controls={found.controls} />
        </Figure>
      </div>
      <div className="pair">
        <Next title="Next, before" candidates={found.before} />
        <Next title="Next, after" candidates={found.after} />
      </div>
    </div>
  );
}
