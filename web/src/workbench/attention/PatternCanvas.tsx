import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type WheelEvent } from "react";
import { usePointing } from "../../figure/pointing";
import { save } from "../../figure/save";
import type { Token } from "../../record/explanation";
import { number, visible } from "../../record/words";
import { inkOf } from "./inks";
import { painter, plainPainter, type PatternPainter } from "./patternGl";
import { cellOf, moved, whole, zoomed, type Viewport } from "./viewport";

const SIDE = 480;

/** Pixels of a saved picture's side. */
const SAVED = 960;

/** A pattern of any length: queries downwards, keys across; the wheel or + and − come closer, arrows and dragging move. */
export function PatternCanvas(props: {
  name: string;
  weights: Uint16Array;
  tokens: readonly Token[];
  query: number | null;
  onChoose: (pos: number) => void;
}) {
  const { name, weights, tokens, query, onChoose } = props;
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
  useEffect(() => {
    const target = canvas.current!;
    const hold = (event: Event) => event.preventDefault(); // React's own wheel listeners cannot
    target.addEventListener("wheel", hold, { passive: false });
    return () => target.removeEventListener("wheel", hold);
  }, []);
  const onKeyDown = (event: KeyboardEvent<HTMLCanvasElement>) => {
    const step = Math.max(1, port.cells / 10);
    const middle = { x: 0.5, y: 0.5 };
    const moves: Record<string, () => Viewport> = {
      "+": () => zoomed(port, length, 1.5, middle),
      "=": () => zoomed(port, length, 1.5, middle),
      "-": () => zoomed(port, length, 1 / 1.5, middle),
      "0": () => whole(length),
      ArrowLeft: () => moved(port, length, -step, 0),
      ArrowRight: () => moved(port, length, step, 0),
      ArrowUp: () => moved(port, length, 0, -step),
      ArrowDown: () => moved(port, length, 0, step),
    };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setPort(move());
    }
  };
  const savePicture = () => {
    const target = canvas.current!;
    const shown = target.width;
    const draw = (side: number) => {
      target.width = target.height = side;
      made.current?.draw(port, ink.current);
    };
    draw(SAVED);
    target.toBlob((blob) => blob !== null && save(blob, `attention-${name}.png`)); // what is drawn now
    draw(shown);
  };
  const line = useMemo(() => {
    if (query === null) return null;
    const top = ((query - port.y) / port.cells) * SIDE;
    const high = Math.max(1.5, SIDE / port.cells);
    return top + high < 0 || top > SIDE ? null : { top, high };
  }, [query, port]);
  return (
    <figure className="pattern-canvas" id="figure-pattern">
      <figcaption>
        <b>Attention of {name}</b>
        <span className="soft">
          from each position (down) to those before it (across); darkness is the root of the weight
          {port.cells < length && `; positions ${Math.round(port.x)} to ${Math.round(port.x + port.cells) - 1} across`}
        </span>
        <span className="tools">
          <button aria-label="Closer" onClick={() => setPort((now) => zoomed(now, length, 2, { x: 0.5, y: 0.5 }))}>
            +
          </button>
          <button aria-label="Further" onClick={() => setPort((now) => zoomed(now, length, 0.5, { x: 0.5, y: 0.5 }))}>
            −
          </button>
          <button
            aria-label={`Save the attention of ${name} as PNG`}
            onClick={savePicture}
          >
            PNG
          </button>
        </span>
      </figcaption>
      <div className="square" style={{ maxWidth: SIDE }}>
        <canvas
          ref={canvas}
          width={SIDE * ratio}
          height={SIDE * ratio}
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
        {line !== null && <span className="query-line" style={{ top: `${(100 * line.top) / SIDE}%`, height: `${(100 * line.high) / SIDE}%` }} />}
      </div>
    </figure>
  );
}
