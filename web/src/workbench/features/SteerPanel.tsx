import { useState, type FormEvent } from "react";
import type { SteerAsked } from "../../record/routes";
import { number, signed, visible } from "../../record/words";
import { Brief } from "../Brief";
import { ask } from "../client";
import { EffectFound } from "../lens/EffectFound";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";

const WAYS = [
  ["REMOVE", "remove it"],
  ["SCALE", "multiply it by"],
  ["ADD", "add to it"],
] as const;

/** Removes, scales or adds a feature on a prompt, and shows what that does beside random changes as large. */
export function SteerPanel(props: { model: string; dictionary: string; feature: number; prompt: string; most: number }) {
  const [steer, setSteer] = useState<string>("REMOVE");
  const [by, setBy] = useState(String(Math.max(1, Math.round(props.most)) || 5));
  const [asked, setAsked] = useState<SteerAsked | null>(null);
  const { model, dictionary, feature, prompt } = props;
  const here = asked !== null && asked.prompt === prompt && asked.feature === feature && asked.dictionary === dictionary ? asked : null;
  const effect = useAnswer(here === null ? null : JSON.stringify(here), (signal) =>
    ask("POST /api/features/steer", here!, {}, signal),
  );
  const isWhole = prompt.trim() !== "" && (steer === "REMOVE" || (by.trim() !== "" && Number.isFinite(Number(by))));
  const next: SteerAsked = { model, dictionary, feature, prompt, steer, by: steer === "REMOVE" ? 0 : Number(by), seed: 0 };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setAsked(next);
  };
  const found = effect.state === "here" ? effect.value : null;
  return (
    <div className="intervene" role="group" aria-label={`Steer feature ${feature}`}>
      <form className="row" onSubmit={send}>
        <span className="soft">at every token:</span>
        {WAYS.map(([way, words]) => (
          <button key={way} type="button" aria-pressed={way === steer} onClick={() => setSteer(way)}>
            {words}
          </button>
        ))}
        {steer !== "REMOVE" && (
          <input aria-label="by how much" size={6} value={by} onChange={(event) => setBy(event.target.value)} inputMode="decimal" />
        )}
        <button type="submit" className="measure" disabled={!isWhole}>
          measure
        </button>
      </form>
      {prompt.trim() === "" && <span className="soft">Type a prompt above; the effect is measured on it.</span>}
      <Brief run="steer" sites={`feature ${feature} of ${dictionary}, at every position`} asked={isWhole ? next : null} />
      {effect.state === "asked" && <Waiting words="The effect and its controls are measured." />}
      {effect.state === "failed" && <Failed message={effect.message} again={effect.again} />}
      {found !== null && (
        <EffectFound found={found}>
          log p({visible(found.answer.text)}) goes from <span className="number">{number(found.baseline)}</span> to{" "}
          <span className="number">{number(found.steered)}</span>,{" "}
          <strong className="number" data-effect={found.effect}>
            {signed(found.effect, 3)} nats
          </strong>
          ; changed at {found.positions.length} {found.positions.length === 1 ? "token" : "tokens"}.
        </EffectFound>
      )}
    </div>
  );
}
