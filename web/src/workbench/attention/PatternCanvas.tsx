import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type WheelEvent } from "react";
import { usePointing } from "../../figure/pointing";
import { Figure } from "../../figure/Figure";
import type { Token } from "../../record/explanation";
import type { Table } from "../../record/tables";
import { number, short, visible } from "../../record/words";
import { inkOf } from "./inks";
import { painter, plainPainter, type PatternPainter } from "./patternGl";
import { patternTable } from "./patternTable";
import { axisMarks, cellOf, keyed, moved, type Viewport, whole, zoomed } from "./viewport";
import { useHeldWheel } from "./useHeldWheel";

const SIDE = 480;

/** Room for the names of queries and of keys. */
const LEFT = 84;
const BELOW = 84;

const WIDTH = LEFT + SIDE + 1;
const HEIGHT = SIDE + BELOW;

/** A pattern of any length: queries downwards, keys across; the wheel or + and − come closer, arrows and dragging move. */
export function PatternCanvas(props: {
  /** Of the drawing; where a page has two patterns, each has its own. */
  id?: string;
  title?: string;
  name: string;
  weights: Uint16Array;
  tokens: readonly Token[];
  query: number | null;
  onChoose: (pos: number) => void;
  /** What is saved of it; where nothing is given, its weights with the tokens. */
  data?: () => Table;
}) {
  const { name, weights, tokens, query, onChoose, id = "pattern" } = props;
  const length = tokens.length;
  const { point } = usePointing();
  const canvas = useRef<HTMLCanvasElement>(null);
  const made = useRef<PatternPainter | null>(null);
  const [port, setPort] = useState<Viewport>(() => whole(length));
  const dragged = useRef<{ x: number; y: number; far: boolean } | null>(null);
  const ratio = Math.min(2, Math.max(1, window.devicePixelRatio));
  const ink = useRef<readonly [number, number, number]>([0, 0, 0]);

  useEffect(() => {
    const target = canvas.current!;
    made.current = painter(target, weights, length) ?? plainPainter(target, weights, length);
    ink.current = inkOf(target.parentElement!, "--plus");
    return () => {
      made.current?.free();
      made.current = null;
    };
  }, [weights, length]);

  useEffect(() => {
    const frame = requestAnimationFrame(() => made.current?.draw(port, ink.current));
    return () => cancelAnimationFrame(frame);
  }, [port, weights, ratio]);

  const partOf = (event: { clientX: number; clientY: number; currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  const tell = (event: PointerEvent<HTMLCanvasElement>) => {
    const cell = cellOf(port, length, partOf(event));
    if (cell === null || cell.key > cell.query) return point(null);
    point({
      x: event.clientX,
      y: event.clientY,
      reading: {
        title: `${number(weights[cell.query * length + cell.key]! / 65535, 4)}`,
        lines: [
          ["from", `${cell.query} ${visible(tokens[cell.query]!.text)}`],
          ["to", `${cell.key} ${visible(tokens[cell.key]!.text)}`],
        ],
      },
    });
  };
  const onWheel = (event: WheelEvent<HTMLCanvasElement>) => {
    const at = partOf(event);
    setPort((now) => zoomed(now, length, Math.exp(-event.deltaY / 300), at));
  };
  useHeldWheel(canvas);
  const onKeyDown = (event: KeyboardEvent<HTMLCanvasElement>) => {
    const next = keyed(port, length, event.key);
    if (next !== null) {
      event.preventDefault();
      setPort(next);
    }
  };
  const names = useMemo(() => tokens.map(({ text }) => short(visible(text), 13)), [tokens]);
  const line = useMemo(() => {
    if (query === null) return null;
    const top = Math.max(0, ((query - port.y) / port.cells) * SIDE);
    const bottom = Math.min(SIDE, ((query + 1 - port.y) / port.cells) * SIDE);
    return bottom < 0 || top > SIDE ? null : { top, high: Math.max(1.5, bottom - top) };
  }, [query, port]);
  return (
    <Figure
      name={id}
      title={props.title ?? `Attention of ${name}`}
      caption="from each position (down) to those before it (across); darkness is the root of the weight; the table leaves out weights below 0.001"
      data={props.data ?? (() => patternTable(weights, tokens))}
      tools={
        <>
          <button aria-label="Closer" onClick={() => setPort((now) => zoomed(now, length, 2, { x: 0.5, y: 0.5 }))}>
            +
          </button>
          <button aria-label="Further" onClick={() => setPort((now) => zoomed(now, length, 0.5, { x: 0.5, y: 0.5 }))}>
            −
          </button>
        </>
      }
    >
      <div className="pattern" style={{ maxWidth: WIDTH }}>
        <canvas
          id={id}
          ref={canvas}
          width={SIDE * ratio}
          height={SIDE * ratio}
          style={{ left: share(LEFT, WIDTH), top: 0, width: share(SIDE, WIDTH), height: share(SIDE, HEIGHT) }}
          tabIndex={0}
          role="application"
          aria-label={`Attention of ${name} on ${length} tokens; + and − come closer, arrow keys move, 0 shows all`}
          onPointerMove={(event) => {
            const held = dragged.current;
            if (held !== null && event.buttons === 1) {
              const box = event.currentTarget.getBoundingClientRect();
              const dx = event.clientX - held.x;
              const dy = event.clientY - held.y;
              held.far ||= Math.abs(dx) + Math.abs(dy) > 4;
              if (held.far) {
                setPort((now) => moved(now, length, (-dx / box.width) * now.cells, (-dy / box.height) * now.cells));
                held.x = event.clientX;
                held.y = event.clientY;
              }
            } else tell(event);
          }}
          onPointerDown={(event) => {
            dragged.current = { x: event.clientX, y: event.clientY, far: false };
          }}
          onPointerUp={(event) => {
            const held = dragged.current;
            dragged.current = null;
            const cell = cellOf(port, length, partOf(event));
            if (held !== null && !held.far && cell !== null) onChoose(cell.query);
          }}
          onPointerLeave={() => point(null)}
          onWheel={onWheel}
          onKeyDown={onKeyDown}
        />
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
          <image data-canvas={id} x={LEFT} width={SIDE} height={SIDE} />
          <rect className="edge" x={LEFT} width={SIDE} height={SIDE} />
          {line !== null && <rect className="query-line" x={LEFT} width={SIDE} y={line.top} height={line.high} />}
          {axisMarks(port.y, port.cells, names).map(({ pos, at, text }) => (
            <text key={`query${pos}`} className={pos === query ? "asked" : undefined} x={LEFT - 5} y={at * SIDE + 3} textAnchor="end">
              {text}
            </text>
          ))}
          {axisMarks(port.x, port.cells, names).map(({ pos, at, text }) => (
            <text key={`key${pos}`} transform={`translate(${LEFT + at * SIDE + 3} ${SIDE + 6}) rotate(-90)`} textAnchor="end">
              {text}
            </text>
          ))}
        </svg>
      </div>
    </Figure>
  );
}

function share(part: number, whole: number): string {
  return `${(100 * part) / whole}%`;
}
