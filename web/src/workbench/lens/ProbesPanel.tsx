import { Fragment, useEffect, useState } from "react";
import { usePointing } from "../../figure/pointing";
import type { Token } from "../../record/explanation";
import type { ProbeRead, ThingChanged, ThingRead } from "../../record/routes";
import { number, percent, visible } from "../../record/words";
import type { Paint } from "../../selection";
import { Brief } from "../Brief";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { following, named } from "./probes";

/** What each stored probe reads at the chosen token, as a board where its things are squares; a thing that is clicked is changed, and what comes next is shown. */
export function ProbesPanel(props: { model: string; prompt: string; tokens: readonly Token[]; pos: number | null }) {
  const { model, prompt, pos } = props;
  const { selection, paint } = usePointing();
  const change = selection.paint;
  const [isOpen, setOpen] = useState(change !== null);
  useEffect(() => {
    if (change !== null) setOpen(true); // as a link says
  }, [change]);
  const token = pos === null ? undefined : props.tokens[pos];
  const position = isOpen && token !== undefined ? token.pos : null;
  const read = useAnswer(position === null ? null : JSON.stringify([model, prompt, position]), (signal) =>
    ask("POST /api/probes", { model, prompt, position: position ?? 0 }, {}, signal),
  );
  const isThere = read.state === "here" && change !== null && named(read.value.probes, change);
  const key = position === null || !isThere ? null : JSON.stringify([model, prompt, position, change]);
  const questionOf = ({ probe, thing, to }: Paint) => {
    const asked = { model, prompt, position: position ?? 0, probe, to, seed: 0 };
    return thing === "" ? asked : { ...asked, thing };
  };
  const changed = useAnswer(key, (signal) => ask("POST /api/probes/change", questionOf(change as Paint), {}, signal));
  if (token === undefined) return null;
  return (
    <details className="relations" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What stored probes read at {visible(token.text)}</summary>
      {read.state === "asked" && <Waiting words="Probes read the token." />}
      {read.state === "failed" && <Failed message={read.message} again={read.again} />}
      {read.state === "here" && change !== null && !isThere && (
        <p role="alert">
          The link has probe {change.probe} read {change.thing === "" ? "it" : change.thing} as {change.to}; no such probe, thing or class is here.
        </p>
      )}
      {read.state === "here" && read.value.probes.length === 0 && (
        <p className="soft">No probe is kept for this model. One is read here after: cutaway probe fit TEXTS --out {read.value.folder}/NAME.safetensors</p>
      )}
      {read.state === "here" &&
        read.value.probes.map((probe) => {
          const own = isThere && change.probe === probe.probe ? change : null;
          const after = own !== null && changed.state === "here" && changed.key === key ? changed.value : null;
          return (
            <div key={probe.probe} className="probe" role="group" aria-label={`Probe ${probe.probe}`}>
              <h4>
                {probe.probe} <span className="soft">{probe.site}</span>
              </h4>
              <Things probe={probe} change={own} after={after} onChange={paint} />
              {own !== null && <Brief run="change" sites={`${probe.site}, at ${visible(token.text)}`} asked={questionOf(own)} />}
              {own !== null && changed.state === "asked" && <Waiting words="The state is moved until the probe reads it otherwise." />}
              {own !== null && changed.state === "failed" && <Failed message={changed.message} again={changed.again} />}
              {own !== null && after !== null && <Next change={own} probe={probe} found={after} after={token.text} />}
            </div>
          );
        })}
      {read.state === "here" &&
        read.value.leftOut.map((why) => (
          <p className="soft" key={why}>
            Left out: {why}
          </p>
        ))}
    </details>
  );
}

/** A button for each thing; a click asks for the class after the one that it shows, and at last for none. */
function Things(props: { probe: ProbeRead; change: Paint | null; after: ThingChanged | null; onChange: (change: Paint | null) => void }) {
  const { probe, change, after, onChange } = props;
  const isBoard = probe.side > 0;
  return (
    <div
      className={isBoard ? "board" : "things"}
      role="group"
      aria-label={`What ${probe.probe} reads`}
      style={isBoard ? { gridTemplateColumns: `max-content repeat(${probe.side}, minmax(0, 1fr))` } : undefined}
    >
      {isBoard && <BoardHead side={probe.side} />}
      {probe.things.map((thing, i) => {
        const own = change !== null && (change.thing === thing.name || change.thing === "") ? change : null;
        const shown = own?.to ?? after?.things[i]?.read ?? thing.read;
        const next = following(probe.classes, thing.read, own?.to ?? null);
        const square = (
          <button
            className={shown === thing.read ? undefined : "is-changed"}
            aria-pressed={own !== null}
            aria-label={`${thing.name}: ${shown}. ${next === null ? "Leave it as it was" : `Change it to ${next}`}`}
            title={words(thing, shown)}
            onClick={() => onChange(next === null ? null : { probe: probe.probe, thing: isSingle(probe) ? "" : thing.name, to: next })}
          >
            {!isBoard && <span className="soft">{thing.name} </span>}
            <Class name={shown} classes={probe.classes} />
          </button>
        );
        return (
          <Fragment key={thing.name}>
            {isBoard && i % probe.side === 0 && <span className="edge soft" aria-hidden="true">{i / probe.side + 1}</span>}
            {square}
          </Fragment>
        );
      })}
    </div>
  );
}

/** The letters of a board's columns, as its squares are named. */
function BoardHead({ side }: { side: number }) {
  return (
    <>
      {Array.from({ length: side + 1 }, (_, column) => (
        <span key={column} className="edge soft" aria-hidden="true">
          {column === 0 ? "" : String.fromCharCode(96 + column)}
        </span>
      ))}
    </>
  );
}

function isSingle(probe: ProbeRead): boolean {
  return probe.things.length === 1;
}

function words(thing: ThingRead, shown: string): string {
  const right = `right on ${percent(thing.accuracy)} of held-out texts`;
  return shown === thing.read ? `${thing.name}: ${thing.read} (${right})` : `${thing.name}: ${thing.read}, now read as ${shown} (${right})`;
}

/** What is empty is left faint. */
function Class({ name, classes }: { name: string; classes: readonly string[] }) {
  return name === "empty" && classes.length > 2 ? <span className="soft">{"·"}</span> : <span>{name}</span>;
}

function Next(props: { change: Paint; probe: ProbeRead; found: ThingChanged; after: string }) {
  const { change, probe, found, after } = props;
  const other = found.things.filter((thing, i) => thing.name !== change.thing && thing.read !== probe.things[i]?.read).length;
  return (
    <>
      <p>
        {change.thing === "" ? "It" : change.thing} is read as {found.moved.to}, no longer {found.moved.from}: the state moved by{" "}
        <span className="number">{percent(found.moved.share)}</span> of its norm
        {probe.things.length > 1 && (other === 0 ? ", and all else is read as before" : `, and ${other} of ${probe.things.length - 1} others are read otherwise`)}.
      </p>
      <div className="scroll" tabIndex={0} role="region" aria-label="What comes next">
        <table>
          <thead>
            <tr>
              <th scope="col">after {visible(after)}</th>
              <th scope="col">before</th>
              <th scope="col">changed</th>
              <th scope="col">random, as long</th>
            </tr>
          </thead>
          <tbody>
            {found.next.map((next) => (
              <tr key={next.id} data-token={next.id}>
                <th scope="row">{visible(next.token)}</th>
                <td>{number(next.before)}</td>
                <td>{number(next.after)}</td>
                <td>{number(next.random)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="soft">Probabilities; random: the mean of {found.draws} random directions as long. What comes after the chosen token in the prompt is left out.</p>
    </>
  );
}
