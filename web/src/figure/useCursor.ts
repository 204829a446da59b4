import { useRef, useState, type FocusEvent, type KeyboardEvent, type PointerEvent } from "react";
import { usePointing, type Reading } from "./pointing";

export interface Cell {
  row: number;
  column: number;
}

/**
 * A cursor over a figure of cells, moved by pointer or by arrow keys; row 0 is at the bottom. `drawing` is what makes an
 * svg element such a figure.
 *
 * @param label what the figure is, in words
 * @param find the cell under a point of the drawing
 * @param place the middle of a cell in the drawing
 * @param chosen the cell that is chosen: where the cursor begins before a key has moved it
 * @param read what a cell says, or null for a gap
 */
export function useCursor(options: {
  label: string;
  rows: number;
  columns: number;
  find: (x: number, y: number) => Cell | null;
  place: (cell: Cell) => { x: number; y: number };
  read: (cell: Cell) => Reading | null;
  choose: (cell: Cell) => void;
  chosen?: Cell | null;
}) {
  const { label, rows, columns, find, place, read, choose, chosen = null } = options;
  const { point } = usePointing();
  const [cursor, setCursor] = useState<Cell | null>(null);
  const left = useRef<Cell | null>(null); // where the arrow keys were

  const show = (cell: Cell | null, at: { x: number; y: number }, overGaps = false) => {
    const reading = cell === null ? null : read(cell);
    setCursor(reading === null && !overGaps ? null : cell);
    point(reading === null ? null : { ...at, reading });
  };

  const within = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return find(event.clientX - box.left, event.clientY - box.top);
  };

  const drawing = {
    role: "application",
    "aria-label": `${label}; arrow keys move, Enter chooses`,
    tabIndex: 0,
    onPointerMove: (event: PointerEvent<SVGSVGElement>) => show(within(event), { x: event.clientX, y: event.clientY }),
    onPointerLeave: () => show(null, { x: 0, y: 0 }),
    onPointerUp: (event: PointerEvent<SVGSVGElement>) => {
      const cell = within(event);
      if (cell !== null && read(cell) !== null) choose(cell);
    },
    onBlur: () => show(null, { x: 0, y: 0 }),
    onFocus: (event: FocusEvent<SVGSVGElement>) => {
      const cell = left.current ?? chosen;
      if (cell !== null && cell.row >= 0 && cell.row < rows && cell.column < columns && event.currentTarget.matches(":focus-visible")) setCursor(cell);
    },
    onKeyDown: (event: KeyboardEvent<SVGSVGElement>) => {
      const now = cursor ?? { row: rows - 1, column: 0 };
      const step = event.shiftKey ? 10 : 1;
      const moved: Record<string, Cell> = {
        ArrowUp: { row: Math.min(rows - 1, now.row + step), column: now.column },
        ArrowDown: { row: Math.max(0, now.row - step), column: now.column },
        ArrowRight: { row: now.row, column: Math.min(columns - 1, now.column + step) },
        ArrowLeft: { row: now.row, column: Math.max(0, now.column - step) },
        Home: { row: now.row, column: 0 },
        End: { row: now.row, column: columns - 1 },
      };
      const next = moved[event.key];
      if (next !== undefined) {
        event.preventDefault();
        const cell = cursor === null ? now : next;
        const box = event.currentTarget.getBoundingClientRect();
        const middle = place(cell);
        left.current = cell;
        show(cell, { x: box.left + middle.x, y: box.top + middle.y }, true);
      } else if ((event.key === "Enter" || event.key === " ") && cursor !== null) {
        event.preventDefault();
        if (read(cursor) !== null) choose(cursor);
      }
    },
  };
  return { cursor, drawing };
}
