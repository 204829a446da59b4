/** What part of a square of `length` by `length` cells is seen: its first column and row, and how many of each. */
export interface Viewport {
  x: number;
  y: number;
  cells: number;
}

export function whole(length: number): Viewport {
  return { x: 0, y: 0, cells: length };
}

/** Closer by a factor, the place under the pointer staying where it is; never outside of the square. */
export function zoomed(now: Viewport, length: number, factor: number, at: { x: number; y: number }): Viewport {
  const cells = Math.min(length, Math.max(Math.min(8, length), now.cells / factor));
  const kept = (first: number, part: number) => first + part * (now.cells - cells);
  return within({ x: kept(now.x, at.x), y: kept(now.y, at.y), cells }, length);
}

export function moved(now: Viewport, length: number, dx: number, dy: number): Viewport {
  return within({ x: now.x + dx, y: now.y + dy, cells: now.cells }, length);
}

function within(port: Viewport, length: number): Viewport {
  const most = length - port.cells;
  return { ...port, x: Math.min(most, Math.max(0, port.x)), y: Math.min(most, Math.max(0, port.y)) };
}

/** The cell at a part of the square, each from 0 to 1. */
export function cellOf(port: Viewport, length: number, at: { x: number; y: number }): { query: number; key: number } | null {
  const key = Math.floor(port.x + at.x * port.cells);
  const query = Math.floor(port.y + at.y * port.cells);
  return key >= 0 && query >= 0 && key < length && query < length ? { query, key } : null;
}
