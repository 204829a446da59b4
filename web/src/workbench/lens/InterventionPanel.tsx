import { useEffect, useState } from "react";
import { usePointing } from "../../figure/pointing";
import { component } from "../../record/component";
import type { EffectAsked, Measured } from "../../record/routes";
import { number, signed } from "../../record/words";
import { metricOf, type Subject } from "../../views/bench";
import { Brief } from "../Brief";
import { ClaimForm } from "../ledger/ClaimForm";
import { Failed, JobLine, Stopped, Waiting } from "../states";
import { claimAsked, suggestedClaim } from "./claims";
import { EffectFound } from "./EffectFound";
import { interventions } from "./edits";
import { MetricChoice } from "./MetricChoice";
import { useEffectOf } from "./useEffectOf";

/** A text of more tokens is run fewer times. */
const LONG = 128;

/** One of more tokens is waited for, and measured as a job. */
const AWAITED = 256;

/** As many as a reader waits for. */
const MOST_CONTROLS = 32;

/** Intervenes where the reader points, and shows the measured effect beside its controls. */
export function InterventionPanel(props: { model: string; of: Subject }) {
  const { of, model } = props;
  const { selection } = of;
  const { act } = usePointing();
  const isMlp = selection.component !== null && component(selection.component).head === null;
  const neuron = isMlp ? selection.neuron : null;
  const [typed, setTyped] = useState(neuron === null ? "" : String(neuron));
  useEffect(() => setTyped(neuron === null ? "" : String(neuron)), [selection.component, neuron]);
  const isNeuron = isNumberOrNone(typed);
  const usual = of.tokens.length > LONG ? 3 : 8;
  const [controls, setControls] = useState(usual);
  useEffect(() => setControls(usual), [usual]);
  const [seed, setSeed] = useState(0);
  const choices = interventions(selection, of.layers, of.prompt, of.contrast, neuron);
  const chosen = choices.find((choice) => choice.act === selection.act) ?? null;
  const read = metricOf(of.metrics, selection.metric);
  useEffect(() => {
    if (chosen !== null && selection.metric === null) act(chosen.act, neuron, read.name); // kept, whatever the page learns meanwhile
  }, [chosen, selection.metric, act, neuron, read.name]);
  const asked = chosen === null || read.metric === null ? null : { model, base: chosen.base, edits: chosen.edits, metric: read.metric, seed, controls };
  const [presses, setPresses] = useState(0); // with none, the address alone asks
  const effect = useEffectOf(asked as EffectAsked | null, of.tokens.length > AWAITED, presses === 0 ? null : presses);
  const { found, controlled, failed } = effect;
  if (choices.length === 0) return null;
  return (
    <div className="intervene wide" role="group" aria-label="Intervene">
      <span className="soft">intervene:</span>
      {choices.map((choice) => (
        <button
          key={choice.act}
          aria-pressed={choice === chosen}
          title={choice.words}
          disabled={!isNeuron}
          onClick={() => {
            setPresses(presses + 1);
            if (choice === chosen) act(null, neuron, null);
            else act(choice.act, neuron, read.name);
          }}
        >
          {choice.name}
        </button>
      ))}
      {isMlp && (
        <label>
          neuron{" "}
          <input
            value={typed}
            onChange={(event) => {
              const next = event.target.value.trim();
              setTyped(next);
              if (isNumberOrNone(next)) act(null, next === "" ? null : Number(next), null);
            }}
            aria-invalid={!isNeuron}
            placeholder="all"
            size={5}
            inputMode="numeric"
          />
        </label>
      )}
      {chosen !== null && <MetricChoice metrics={of.metrics} chosen={read} choose={(name) => act(chosen.act, neuron, name)} />}
      {!isNeuron && <span role="alert">A neuron is a number, from 0; leave the field empty for all of them.</span>}
      {chosen !== null && (
        <Brief run="intervene" asks={`If ${chosen.words}, what becomes of ${read.words}?`} asked={asked}>
          <Whole words="controls" value={controls} least={1} most={MOST_CONTROLS} set={setControls} />
          <Whole words="seed" value={seed} least={0} most={999} set={setSeed} />
        </Brief>
      )}
      {chosen !== null && read.metric === null && <Waiting words="The margin is measured once the explanation names the rival." />}
      {effect.going !== null && <JobLine going={effect.going} words="Measuring on a long text:" />}
      {asked !== null && found === null && failed === null && effect.going === null && effect.stop === null && <Waiting words="measuring" />}
      {failed !== null && <Failed message={failed.message} again={failed.again} />}
      {effect.stop !== null && <Stopped stop={effect.stop} cancelled="This measurement was cancelled." />}
      {chosen !== null && found !== null && (
        <>
          <Found of={read.words} words={chosen.words} found={found} stale={effect.isStale} awaited={effect.isAwaited} />
          {controlled !== null && (
            <ClaimForm
              key={JSON.stringify(asked)}
              asked={claimAsked(model, of, chosen, controlled)}
              suggested={suggestedClaim(read.words, chosen, controlled)}
            />
          )}
        </>
      )}
    </div>
  );
}

/** A whole number that changes the run, as soon as it is one. */
function Whole(props: { words: string; value: number; least: number; most: number; set: (value: number) => void }) {
  const { words, value, least, most, set } = props;
  return (
    <label>
      {words}{" "}
      <input
        type="number"
        aria-label={`${words}, ${least} to ${most}`}
        min={least}
        max={most}
        value={value}
        onChange={(event) => {
          const next = Number(event.target.value);
          if (event.target.value !== "" && Number.isInteger(next) && next >= least && next <= most) set(next);
        }}
      />
    </label>
  );
}

/** Whether a text names a neuron, or all of them. */
function isNumberOrNone(text: string): boolean {
  return /^\d{0,6}$/.test(text);
}

function Found(props: { of: string; words: string; found: Measured; stale: boolean; awaited: boolean }) {
  const { found } = props;
  return (
    <EffectFound found={found} stale={props.stale} awaited={props.awaited}>
      {props.words}: {props.of} goes from <span className="number">{number(found.baseline)}</span> to{" "}
      <span className="number">{number(found.edited)}</span>,{" "}
      <strong className="number" data-effect={found.effect}>
        {signed(found.effect, 3)} nats
      </strong>
      .
    </EffectFound>
  );
}
