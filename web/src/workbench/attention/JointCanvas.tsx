import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode, type WheelEvent } from "react";
import { Figure } from "../../figure/Figure";
import { usePointing } from "../../figure/pointing";
import { number, visible } from "../../record/words";
import { inkOf } from "./inks";
import { plainPointPainter, pointPainter, type PointPainter, type PointStyle, type Rgb } from "./jointGl";
import { commonest, nearest, placed, shades, type Ink, type JointRows } from "./jointRows";
import { keyed, moved, type Viewport, whole, zoomed } from "./viewport";
import { useHeldWheel } from "./useHeldWheel";

const SIDE = 520;
const LENGTH = 1000; // of the square that places lie in
const REACH = 9; // pixels

const SHAPES = ["○", "□", "△", "+", "◇", "–"];

/** Queries and keys of many texts: the wheel, + and − come closer, arrows and dragging move, n and p go from point to point. */
export function JointCanvas(props: {
  name: string;
  rows: JointRows;
  places: Float32Array;
  norms: Float32Array;
  ink: Ink;
  /** Rows that a search found; null where none is made. */
  found: ReadonlySet<number> | null;
  text: number | null;
  caption: ReactNode;
  onChoose: (text: number) => void;
}) {
  const { name, rows, norms, ink, found, text, onChoose } = props;
  const { point: tell } = usePointing();
  const canvas = useRef<HTMLCanvasElement>(null);
  const made = useRef<PointPainter | null>(null);
  const inks = useRef<[Rgb, Rgb]>([[0, 0, 0], [0, 0, 0]]);
  const [port, setPort] = useState<Viewport>(() => whole(LENGTH));
  const [cursor, setCursor] = useState<number | null>(null);
  const [scheme, setScheme] = useState(0);
  const dragged = useRef<{ x: number; y: number; far: boolean } | null>(null);
  const ratio = Math.min(2, Math.max(1, window.devicePixelRatio));
  const places = useMemo(() => placed(props.places, LENGTH), [props.places]);
  const common = useMemo(() => (ink === "token" ? commonest(rows, SHAPES.length) : null), [ink, rows]);
  const rowOf = (point: number) => point % rows.length;
  const isMarked = useMemo(() => {
    if (found !== null) return (point: number) => found.has(point % rows.length);
    if (common !== null) return (point: number) => common.of[point % rows.length]! >= 0;
    return () => false;
  }, [found, common, rows]);
  const style = useMemo((): PointStyle => {
    const points = 2 * rows.length;
    const all = Array.from({ length: points }, (_, i) => i);
    // queries and keys by turns, so that neither lies on top of the other
    all.sort((a, b) => rowOf(a) - rowOf(b) || a - b);
    const others = all.filter((point) => !isMarked(point));
    const marked = all.filter(isMarked);
    const shape = Float32Array.from({ length: points }, (_, i) => (common === null ? (i < rows.length ? 0 : 1) : Math.max(0, common.of[i % rows.length]!)));
    return { shade: shades(ink, rows, norms), shape, keys: rows.length, order: Uint32Array.from([...others, ...marked]), marked: marked.length };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- rowOf is rows
  }, [rows, norms, ink, common, isMarked]);

  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const turn = () => setScheme((now) => now + 1);
    query.addEventListener("change", turn);
    return () => query.removeEventListener("change", turn);
  }, []);
  useEffect(() => {
    const target = canvas.current!;
    made.current = pointPainter(target, places, LENGTH) ?? plainPointPainter(target, places, LENGTH);
    return () => {
      made.current?.free();
      made.current = null;
    };
  }, [places]);
  useEffect(() => {
    inks.current = [inkOf(canvas.current!.parentElement!, "--plus"), inkOf(canvas.current!.parentElement!, "--ink")];
    made.current?.style(style);
    const frame = requestAnimationFrame(() => made.current?.draw(port, ...inks.current, ratio));
    return () => cancelAnimationFrame(frame);
  }, [style, places, scheme]); // eslint-disable-line react-hooks/exhaustive-deps -- the next effect follows the port
  useEffect(() => {
    const frame = requestAnimationFrame(() => made.current?.draw(port, ...inks.current, ratio));
    return () => cancelAnimationFrame(frame);
  }, [port, ratio]);

  const screen = (point: number) => ({ x: (places[2 * point]! - port.x) / port.cells, y: (places[2 * point + 1]! - port.y) / port.cells });
  const partOf = (event: { clientX: number; clientY: number; currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  const pointAt = (event: { clientX: number; clientY: number; currentTarget: Element }) => {
    const at = partOf(event);
    const reach = (REACH / event.currentTarget.getBoundingClientRect().width) * port.cells;
    return nearest(places, { x: port.x + at.x * port.cells, y: port.y + at.y * port.cells }, reach, isMarked);
  };
  const show = (point: number | null) => {
    setCursor(point);
    if (point === null) return tell(null);
    const row = rowOf(point);
    const box = canvas.current!.getBoundingClientRect();
    const at = screen(point);
    tell({
      x: box.left + at.x * box.width,
      y: box.top + at.y * box.height,
      reading: {
        title: `${point < rows.length ? "query" : "key"} of ${visible(rows.token[row]!)}`,
        lines: [
          ["sentence", `${rows.text[row]! + 1}, position ${rows.pos[row]}`],
          ["in", around(rows, row)],
          ["norm", number(norms[point]!, 2)],
        ],
      },
    });
  };
  useHeldWheel(canvas);
  const onKeyDown = (event: KeyboardEvent<HTMLCanvasElement>) => {
    const next = keyed(port, LENGTH, event.key);
    if (next !== null) {
      event.preventDefault();
      setPort(next);
      show(null);
    } else if (event.key === "n" || event.key === "p") {
      event.preventDefault();
      show(along(event.key === "n" ? 1 : -1));
    } else if (event.key === "Enter" && cursor !== null) {
      event.preventDefault();
      onChoose(rows.text[rowOf(cursor)]!);
    }
  };
  /** The next point that is seen; of a search, the next that it found. */
  const along = (step: 1 | -1): number | null => {
    const points = 2 * rows.length;
    let at = cursor ?? (step === 1 ? -1 : points);
    for (let i = 0; i < points; i++) {
      at = (at + step + points) % points;
      const { x, y } = screen(at);
      if (x >= 0 && x <= 1 && y >= 0 && y <= 1 && (style.marked === 0 || isMarked(at))) return at;
    }
    return null;
  };
  const ring = (point: number, className: string) => {
    const { x, y } = screen(point);
    return x < 0 || x > 1 || y < 0 || y > 1 ? null : <circle key={`${className}${point}`} className={className} cx={x * SIDE} cy={y * SIDE} r={6} />;
  };
  const chosen = useMemo(() => (text === null ? [] : rowsOfText(rows, text).flatMap((row) => [row, row + rows.length])), [rows, text]);
  return (
    <Figure
      name="joint"
      title={`Queries and keys of ${name}`}
      caption={props.caption}
      data={() => ({
        columns: ["kind", "sentence", "pos", "token", "x", "y", "norm"],
        rows: Array.from({ length: 2 * rows.length }, (_, point) => {
          const row = rowOf(point);
          return [point < rows.length ? "query" : "key", rows.text[row]! + 1, rows.pos[row]!, rows.token[row]!, props.places[2 * point]!, props.places[2 * point + 1]!, norms[point]!];
        }),
      })}
      tools={
        <>
          <button aria-label="Closer to the map" onClick={() => setPort((now) => zoomed(now, LENGTH, 2, { x: 0.5, y: 0.5 }))}>
            +
          </button>
          <button aria-label="Further from the map" onClick={() => setPort((now) => zoomed(now, LENGTH, 0.5, { x: 0.5, y: 0.5 }))}>
            −
          </button>
        </>
      }
    >
      <p className="joint-legend soft">
        <span className="of-query">○</span> query <span className="of-key">■</span> key
        {ink === "position" && <span>; darker: later in its sentence</span>}
        {ink === "norm" && <span>; darker: longer, among queries and among keys</span>}
        {common !== null && (
          <span>
            ; open for queries, filled for keys:{" "}
            {common.names.map((one, i) => (
              <span key={one}>
                {SHAPES[i]} <code>{visible(one)}</code>{" "}
              </span>
            ))}
          </span>
        )}
      </p>
      <div className="pattern joint" style={{ maxWidth: SIDE }}>
        <canvas
          id="joint"
          ref={canvas}
          width={SIDE * ratio}
          height={SIDE * ratio}
          style={{ left: 0, top: 0, width: "100%", height: "100%" }}
          tabIndex={0}
          role="application"
          data-marked={found === null ? undefined : style.marked}
          aria-label={`Queries and keys of ${name}, ${2 * rows.length} points; + and − come closer, arrow keys move, 0 shows all, n and p go from point to point, Enter opens a point's sentence`}
          onPointerMove={(event: PointerEvent<HTMLCanvasElement>) => {
            const held = dragged.current;
            if (held === null || event.buttons !== 1) return show(pointAt(event));
            const box = event.currentTarget.getBoundingClientRect();
            const dx = event.clientX - held.x;
            const dy = event.clientY - held.y;
            held.far ||= Math.abs(dx) + Math.abs(dy) > 4;
            if (held.far) {
              setPort((now) => moved(now, LENGTH, (-dx / box.width) * now.cells, (-dy / box.height) * now.cells));
              held.x = event.clientX;
              held.y = event.clientY;
            }
          }}
          onPointerDown={(event) => {
            dragged.current = { x: event.clientX, y: event.clientY, far: false };
          }}
          onPointerUp={(event) => {
            const held = dragged.current;
            dragged.current = null;
            const point = pointAt(event);
            if (held !== null && !held.far && point !== null) onChoose(rows.text[rowOf(point)]!);
          }}
          onPointerLeave={() => show(null)}
          onBlur={() => show(null)}
          onWheel={(event: WheelEvent<HTMLCanvasElement>) => {
            const at = partOf(event);
            setPort((now) => zoomed(now, LENGTH, Math.exp(-event.deltaY / 300), at));
          }}
          onKeyDown={onKeyDown}
        />
        <svg viewBox={`0 0 ${SIDE} ${SIDE}`} aria-hidden="true">
          <image data-canvas="joint" width={SIDE} height={SIDE} />
          <rect className="edge" x={0.5} y={0.5} width={SIDE - 1} height={SIDE - 1} />
          {chosen.map((point) => ring(point, "of-sentence"))}
          {cursor !== null && <g data-screen>{ring(cursor, "cursor")}</g>}
        </svg>
      </div>
    </Figure>
  );
}

function rowsOfText(rows: JointRows, text: number): number[] {
  const first = rows.start[text];
  if (first === undefined) return [];
  return Array.from({ length: (rows.start[text + 1] ?? rows.length) - first }, (_, i) => first + i);
}

/** A few tokens before a row and behind it. */
function around(rows: JointRows, row: number): string {
  const all = rowsOfText(rows, rows.text[row]!);
  const first = Math.max(all[0]!, row - 7);
  const last = Math.min(all.at(-1)!, row + 7);
  const text = (from: number, to: number) => rows.token.slice(from, to).join("");
  return `${first > all[0]! ? "…" : ""}${text(first, row)}[${visible(rows.token[row]!)}]${text(row + 1, last + 1)}${last < all.at(-1)! ? "…" : ""}`;
}
