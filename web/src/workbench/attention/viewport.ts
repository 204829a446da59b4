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

/** What a key makes of what is seen: + and - come closer and go further, 0 shows all, arrows move; null for others. */
export function keyed(now: Viewport, length: number, key: string): Viewport | null {
  const step = Math.max(1, now.cells / 10);
  const middle = { x: 0.5, y: 0.5 };
  const moves: Record<string, () => Viewport> = {
    "+": () => zoomed(now, length, 1.5, middle),
    "=": () => zoomed(now, length, 1.5, middle),
    "-": () => zoomed(now, length, 1 / 1.5, middle),
    "0": () => whole(length),
    ArrowLeft: () => moved(now, length, -step, 0),
    ArrowRight: () => moved(now, length, step, 0),
    ArrowUp: () => moved(now, length, 0, -step),
    ArrowDown: () => moved(now, length, 0, step),
  };
  return moves[key]?.() ?? null;
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

/** A mark of an axis: its text, and where it stands along the side, from 0 to 1. */
export interface AxisMark {
  pos: number;
  at: number;
  text: string;
}

/** How many names a side has room for. */
const NAMED = 48;

/** Tokens by name where there is room for each, else round positions. */
export function axisMarks(first: number, cells: number, names: readonly string[]): AxisMark[] {
  const last = Math.min(names.length, Math.ceil(first + cells));
  const step = cells <= NAMED ? 1 : roundStep(cells / 8);
  const marks: AxisMark[] = [];
  for (let pos = Math.ceil(Math.floor(first) / step) * step; pos < last; pos += step) {
    const at = (pos + 0.5 - first) / cells;
    if (at >= 0 && at <= 1) marks.push({ pos, at, text: step === 1 ? names[pos]! : String(pos) });
  }
  return marks;
}

/** The smallest of 1, 2, 5, 10, 20, 50 … that is at least as large. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
}
