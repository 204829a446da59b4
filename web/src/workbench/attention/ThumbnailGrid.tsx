import { useEffect, useMemo, useRef, useState } from "react";
import { usePointing, type Reading } from "../../figure/pointing";
import { useCursor } from "../../figure/useCursor";
import { component, headName } from "../../record/component";
import { inkOf } from "./inks";

const LEFT = 26;
const GAP = 3;

/**
 * Layers upwards, heads across: a small picture of each, chosen by pointer or keys.
 *
 * @param paint all pictures as one, in the colours of the page at a place: an address that a saved drawing can carry
 */
export function ThumbnailGrid(props: {
  layers: number;
  heads: number;
  paint: Paint;
  marked: (layer: number, head: number) => boolean;
  read: (layer: number, head: number) => Reading;
}) {
  const { layers, heads, paint, marked, read } = props;
  const { selection, choose } = usePointing();
  const grid = useRef<HTMLDivElement>(null);
  const [pictures, setPictures] = useState("");
  const side = heads > 12 ? 18 : 24; // as many as a picture has cells, where there is room
  const pitch = side + GAP;
  const wide = heads * pitch;
  const high = layers * pitch;
  useEffect(() => {
    const draw = () => setPictures(paint(grid.current!, side, pitch));
    draw();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => scheme.removeEventListener("change", draw);
  }, [paint, side, pitch]);
  const chosen = selection.component === null ? null : component(selection.component);
  const { cursor, drawing } = useCursor({
    label: "Heads: layers upwards, heads across",
    rows: layers,
    columns: heads,
    find: (x, y) => {
      const column = Math.floor((x - LEFT) / pitch);
      const row = layers - 1 - Math.floor(y / pitch);
      return column >= 0 && column < heads && row >= 0 && row < layers ? { row, column } : null;
    },
    place: ({ row, column }) => ({ x: LEFT + (column + 0.5) * pitch, y: (layers - row - 0.5) * pitch }),
    read: ({ row, column }) => read(row, column),
    choose: ({ row, column }) => choose({ component: headName(row, column) }),
    chosen: chosen === null || chosen.head === null ? null : { row: chosen.layer, column: chosen.head },
  });
  const box = (layer: number, head: number, className: string) => (
    <rect key={`${className}${layer}.${head}`} className={className} x={LEFT + head * pitch - 1} y={(layers - 1 - layer) * pitch - 1} width={side + 2} height={side + 2} />
  );
  const marks = useMemo(() => {
    const found: [number, number][] = [];
    for (let layer = 0; layer < layers; layer++) for (let head = 0; head < heads; head++) if (marked(layer, head)) found.push([layer, head]);
    return found;
  }, [layers, heads, marked]);
  return (
    <div ref={grid} className="thumbnails" style={{ width: LEFT + wide + 2 }}>
      <svg width={LEFT + wide + 2} height={high + 18} data-figure="heads" {...drawing}>
        {pictures !== "" && <image href={pictures} x={LEFT} width={wide} height={high} />}
        {Array.from({ length: layers }, (_, layer) =>
          layer % 5 === 0 ? (
            <text key={layer} className="soft" x={LEFT - 6} y={(layers - 1 - layer) * pitch + side / 2 + 4} textAnchor="end">
              {layer}
            </text>
          ) : null,
        )}
        {Array.from({ length: heads }, (_, head) =>
          heads <= 12 || head % 4 === 0 ? (
            <text key={head} className="soft" x={LEFT + head * pitch + side / 2} y={high + 12} textAnchor="middle">
              {head}
            </text>
          ) : null,
        )}
        {marks.map(([layer, head]) => box(layer, head, "line"))}
        {chosen !== null && chosen.head !== null && box(chosen.layer, chosen.head, "chosen")}
        {cursor !== null && box(cursor.row, cursor.column, "cursor")}
      </svg>
    </div>
  );
}

/** @param side of each picture @param pitch from one to the next, in pixels of the page */
export type Paint = (place: Element, side: number, pitch: number) => string;

/** One ink of the pictures: how much of it each cell has, `[layer, head, side, side]`. */
export interface Wash {
  cells: Uint8Array;
  /** The variable of the page's style. */
  ink: string;
  /** How dark a cell of so much is, each from 0 to 1. */
  shade: (part: number) => number;
}

/** Paints pictures of `cells` by `cells`, the inks over one another. */
export function washed(layers: number, heads: number, cells: number, washes: readonly Wash[]): Paint {
  return (place, side, pitch) => {
    const target = document.createElement("canvas");
    target.width = 2 * heads * pitch;
    target.height = 2 * layers * pitch;
    const context = target.getContext("2d")!;
    context.setTransform(2, 0, 0, 2, 0, 0);
    const inks = washes.map(({ ink }) => inkOf(place, ink).map((part) => Math.round(255 * part)));
    const [hr, hg, hb] = inkOf(place, "--faint").map((part) => Math.round(255 * part));
    const picture = document.createElement("canvas");
    picture.width = picture.height = cells;
    const small = picture.getContext("2d")!;
    context.imageSmoothingEnabled = false;
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < heads; head++) {
        const x = head * pitch;
        const y = (layers - 1 - layer) * pitch;
        context.fillStyle = `rgb(${hr} ${hg} ${hb})`;
        context.fillRect(x, y, side, side);
        const from = (layer * heads + head) * cells * cells;
        washes.forEach((wash, one) => {
          const image = small.createImageData(cells, cells);
          for (let i = 0; i < cells * cells; i++) {
            image.data.set(inks[one]!, 4 * i);
            image.data[4 * i + 3] = 255 * wash.shade(wash.cells[from + i]! / 255);
          }
          small.putImageData(image, 0, 0);
          context.drawImage(picture, x, y, side, side);
        });
      }
    }
    return target.toDataURL("image/png");
  };
}
