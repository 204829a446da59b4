import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { Figure } from "../../figure/Figure";
import { useWidth } from "../../figure/useWidth";
import { frame, labelStep, nearestLabel } from "../../layout/curve";
import type { Token } from "../../record/explanation";
import type { CurveAtToken, FitMoved } from "../../record/routes";
import { number, percent, visible } from "../../record/words";
import { Next } from "../../views/Opening";
import { Brief } from "../Brief";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";

/** How long a number is left where it is before the model is asked. */
const REST = 250;

/** The curves that numbers lie on, with the chosen token on them: a number is dragged along one, and the page says what comes next. */
export function FitsPanel(props: { model: string; prompt: string; tokens: readonly Token[]; pos: number | null }) {
  const { model, prompt, pos } = props;
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState("");
  const token = pos === null ? undefined : props.tokens[pos];
  const position = isOpen && token !== undefined ? token.pos : null;
  const read = useAnswer(position === null ? null : JSON.stringify([model, prompt, position]), (signal) =>
    ask("POST /api/fits", { model, prompt, position: position ?? 0 }, {}, signal),
  );
  if (token === undefined) return null;
  const fits = read.state === "here" ? read.value.fits : [];
  const fit = fits.find((one) => one.fit === chosen) ?? fits[0];
  return (
    <details className="fits" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Move {visible(token.text)} along a curve of numbers</summary>
      {read.state === "asked" && <Waiting words="Curves are read." />}
      {read.state === "failed" && <Failed message={read.message} again={read.again} />}
      {read.state === "here" && (
        <>
          {fit === undefined && (
            <p className="soft">
              No curve is kept for this model. One is drawn here after: cutaway geometry fit PROMPTS --sites resid_post[10] --out{" "}
              {read.value.folder}/NAME.safetensors
            </p>
          )}
          {fits.length > 1 && (
            <label>
              Curve{" "}
              <select value={fit?.fit} onChange={(event) => setChosen(event.target.value)}>
                {fits.map((one) => (
                  <option key={one.fit}>{one.fit}</option>
                ))}
              </select>
            </label>
          )}
          {fit !== undefined && (
            <Mover key={JSON.stringify([read.key, fit.fit])} fit={fit} model={model} prompt={prompt} token={token} />
          )}
          {read.value.leftOut.map((why) => (
            <p className="soft" key={why}>
              Left out: {why}
            </p>
          ))}
        </>
      )}
    </details>
  );
}

function Mover({ fit, model, prompt, token }: { fit: CurveAtToken; model: string; prompt: string; token: Token }) {
  const { curve } = fit;
  const step = useMemo(() => labelStep(curve.labels.map(({ label }) => label)), [curve]);
  const least = curve.labels[0]!.label;
  const most = curve.labels[curve.labels.length - 1]!.label;
  const snapped = (value: number) =>
    Number((least + Math.round((Math.min(most, Math.max(least, value)) - least) / step) * step).toPrecision(12));
  const [label, setLabel] = useState<number | null>(null);
  const [axes, setAxes] = useState<[number, number]>([0, 1]);
  const rested = useRested(label);
  const moved = useAnswer(rested === null ? null : JSON.stringify(rested), (signal) =>
    ask("POST /api/fits/move", { model, prompt, position: token.pos, fit: fit.fit, label: rested ?? 0 }, {}, signal),
  );
  const now = label ?? snapped(curve.nearest);
  const pairs = curve.shares.length > 2 ? [[0, 1], [0, 2], [1, 2]] : curve.shares.length > 1 ? [[0, 1]] : [[0, 0]];
  const found = moved.state === "here" ? moved.value : moved.state === "asked" ? moved.before : null;
  return (
    <div className="mover">
      <Figure
        name="curve"
        title={`${fit.features} at ${fit.site}`}
        caption={`● fitted, ○ not fitted, □ ${visible(token.text)} itself, nearest to ${number(curve.nearest, 2)}. R2 of numbers held out: ${number(fit.heldOut, 2)}.`}
        tools={
          pairs.length > 1 && (
            <label>
              directions{" "}
              <select value={axes.join()} onChange={(event) => setAxes(event.target.value.split(",").map(Number) as [number, number])}>
                {pairs.map((pair) => (
                  <option key={pair.join()} value={pair.join()}>
                    {pair.map((axis) => axis + 1).join(" and ")} ({percent(pair.reduce((sum, axis) => sum + curve.shares[axis]!, 0))})
                  </option>
                ))}
              </select>
            </label>
          )
        }
        data={() => ({
          columns: ["what", "label", "fitted", ...curve.shares.map((_, i) => `direction ${i + 1}`)],
          rows: [
            ...curve.labels.map(({ label: of, isFitted, at }) => ["label", of, String(isFitted), ...at]),
            ["token", curve.nearest, "", ...curve.own],
          ],
        })}
      >
        <CurveDrawing fit={fit} axes={axes} now={now} step={step} snapped={snapped} onMove={setLabel} />
      </Figure>
      <label>
        Number{" "}
        <input
          type="number"
          min={least}
          max={most}
          step={step}
          value={now}
          onChange={(event) => {
            if (event.target.value !== "") setLabel(snapped(Number(event.target.value)));
          }}
        />
      </label>
      <Brief run="move" sites={`${fit.site}, at ${visible(token.text)}`} asked={{ model, prompt, position: token.pos, fit: fit.fit, label: now }} />
      {label === null && <p className="soft">Drag the number along the curve, move it with arrow keys, or type another.</p>}
      {moved.state === "failed" && <Failed message={moved.message} again={moved.again} />}
      {moved.state === "asked" && found === null && <Waiting words="The model runs with the number." />}
      {found !== null && <Moved moved={found} stale={moved.state !== "here" || found.label !== label} />}
    </div>
  );
}

function Moved({ moved, stale }: { moved: FitMoved; stale: boolean }) {
  return (
    <div className="found" data-stale={stale} aria-live="polite">
      <p>
        To {moved.label}, a number that was {moved.isFitted ? "fitted" : "not fitted"}: the token moves by {number(moved.length)}, the
        control, along the curve of shuffled numbers, by {number(moved.controlLength)}.
      </p>
      <div className="pair">
        <Next title="Next, before" candidates={moved.before} />
        <Next title="Next, moved" candidates={moved.after} />
        <Next title="Next, control" candidates={moved.control} />
      </div>
    </div>
  );
}

/** A value that has not changed for a moment. */
function useRested(value: number | null): number | null {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const wait = setTimeout(() => setRested(value), REST);
    return () => clearTimeout(wait);
  }, [value]);
  return rested;
}

const HEIGHT = 280;
const MARGIN = 26;
/** About as many numbers are written beside their points. */
const WRITTEN = 12;

function CurveDrawing(props: {
  fit: CurveAtToken;
  axes: readonly [number, number];
  now: number;
  step: number;
  snapped: (value: number) => number;
  onMove: (label: number) => void;
}) {
  const { axes, now, step, snapped, onMove } = props;
  const { curve, fit } = props.fit;
  const [box, width] = useWidth<HTMLDivElement>();
  const drawing = useRef<SVGSVGElement>(null);
  const [isDragged, setDragged] = useState(false);
  const wide = Math.min(width, 560);
  const to = useMemo(
    () => frame(curve.line, axes, { width: wide, height: HEIGHT, margin: MARGIN }),
    [curve, axes, wide],
  );
  const every = Math.max(1, Math.ceil(curve.labels.length / WRITTEN));
  const at = curve.line.reduce((best, point) => (Math.abs(point.label - now) < Math.abs(best.label - now) ? point : best)).at;
  const within = (value: number, high: number) => Math.min(high - 6, Math.max(6, value));
  const own = { x: within(to.x(curve.own), wide), y: within(to.y(curve.own), HEIGHT) };
  const drag = (event: PointerEvent) => {
    const place = drawing.current!.getBoundingClientRect();
    onMove(snapped(nearestLabel(curve.line, to, event.clientX - place.left, event.clientY - place.top, now)));
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (by !== undefined) onMove(snapped(now + by * step));
    else if (event.key === "Home") onMove(curve.labels[0]!.label);
    else if (event.key === "End") onMove(curve.labels[curve.labels.length - 1]!.label);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={box}>
      <svg
        ref={drawing}
        width={wide}
        height={HEIGHT}
        viewBox={`0 0 ${wide} ${HEIGHT}`}
        className="curve"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragged(true);
          drag(event);
        }}
        onPointerMove={(event) => isDragged && drag(event)}
        onPointerUp={() => setDragged(false)}
        onPointerCancel={() => setDragged(false)}
      >
        <path
          d={curve.line.map((point, i) => `${i === 0 ? "M" : "L"}${to.x(point.at).toFixed(1)},${to.y(point.at).toFixed(1)}`).join("")}
          fill="none"
          stroke="var(--hair)"
        />
        {curve.labels.map(({ label, isFitted, at: place }, i) => (
          <g key={label}>
            <circle cx={to.x(place)} cy={to.y(place)} r={2.5} fill={isFitted ? "var(--ink)" : "var(--paper)"} stroke="var(--ink)">
              <title>{`${label}, ${isFitted ? "fitted" : "not fitted"}`}</title>
            </circle>
            {i % every === 0 && (
              <text x={to.x(place) + 5} y={to.y(place) - 5} fill="var(--soft)" fontSize={11} fontFamily="var(--mono)">
                {label}
              </text>
            )}
          </g>
        ))}
        <rect x={own.x - 4} y={own.y - 4} width={8} height={8} fill="none" stroke="var(--ink)" strokeWidth={1.5}>
          <title>{own.x === to.x(curve.own) && own.y === to.y(curve.own) ? "the token itself" : "the token itself, farther off"}</title>
        </rect>
        <g
          role="slider"
          tabIndex={0}
          aria-label={`Number on the curve ${fit}`}
          aria-valuemin={curve.labels[0]!.label}
          aria-valuemax={curve.labels[curve.labels.length - 1]!.label}
          aria-valuenow={now}
          onKeyDown={press}
          transform={`translate(${to.x(at)},${to.y(at)})`}
        >
          <circle r={8} fill="var(--paper)" stroke="var(--ink)" strokeWidth={2} />
          <text y={-12} textAnchor="middle" fill="var(--ink)" stroke="var(--paper)" strokeWidth={3} paintOrder="stroke" fontSize={12} fontFamily="var(--mono)">
            {now}
          </text>
        </g>
      </svg>
    </div>
  );
}
