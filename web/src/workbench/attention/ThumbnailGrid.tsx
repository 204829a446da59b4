import { useEffect, useMemo, useRef, useState } from "react";
import { usePointing, type Reading } from "../../figure/pointing";
import { useCursor } from "../../figure/useCursor";
import { component, headName } from "../../record/component";
import type { AttentionOverview } from "../../record/routes";
import { inkOf } from "./inks";
import { ofBytes } from "./packed";

const LEFT = 26;
const GAP = 3;

/** Layers upwards, heads across: a small picture of each pattern, chosen by pointer or keys. */
export function ThumbnailGrid(props: {
  overview: AttentionOverview;
  marked: (layer: number, head: number) => boolean;
  read: (layer: number, head: number) => Reading;
}) {
  const { overview, marked, read } = props;
  const { layers, heads } = overview.model;
  const { selection, choose } = usePointing();
  const grid = useRef<HTMLDivElement>(null);
  const [pictures, setPictures] = useState("");
  const cells = useMemo(() => ofBytes(overview.cells), [overview]);
  const side = heads > 12 ? 18 : 24; // as many as a picture has cells, where there is room
  const pitch = side + GAP;
  const wide = heads * pitch;
  const high = layers * pitch;
  useEffect(() => {
    const paint = () => setPictures(draw(grid.current!, cells, overview, side, pitch));
    paint();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", paint);
    return () => scheme.removeEventListener("change", paint);
  }, [cells, overview, side, pitch]);
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
  });
  const chosen = selection.component === null ? null : component(selection.component);
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

/**
 * All pictures as one, in the colours of the page at `place`; a cell's darkness is the root of its weight, as in the whole pattern.
 *
 * @returns a PNG as an address, which a saved drawing can carry
 */
function draw(place: Element, cells: Uint8Array, overview: AttentionOverview, side: number, pitch: number): string {
  const { layers, heads } = overview.model;
  const n = overview.side;
  const target = document.createElement("canvas");
  target.width = 2 * heads * pitch;
  target.height = 2 * layers * pitch;
  const context = target.getContext("2d")!;
  context.setTransform(2, 0, 0, 2, 0, 0);
  const [r, g, b] = inkOf(place, "--plus").map((part) => Math.round(255 * part));
  const [hr, hg, hb] = inkOf(place, "--faint").map((part) => Math.round(255 * part));
  const picture = document.createElement("canvas");
  picture.width = picture.height = n;
  const small = picture.getContext("2d")!;
  context.imageSmoothingEnabled = false;
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) {
      const image = small.createImageData(n, n);
      const from = (layer * heads + head) * n * n;
      for (let i = 0; i < n * n; i++) {
        image.data[4 * i] = r!;
        image.data[4 * i + 1] = g!;
        image.data[4 * i + 2] = b!;
        image.data[4 * i + 3] = 255 * Math.sqrt(cells[from + i]! / 255);
      }
      small.putImageData(image, 0, 0);
      const x = head * pitch;
      const y = (layers - 1 - layer) * pitch;
      context.fillStyle = `rgb(${hr} ${hg} ${hb})`;
      context.fillRect(x, y, side, side);
      context.drawImage(picture, x, y, side, side);
    }
  }
  return target.toDataURL("image/png");
}
