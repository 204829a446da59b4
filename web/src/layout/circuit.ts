import { component } from "../record/component";
import type { Member } from "../record/explanation";

/** A member at a position where it is needed. */
export interface Node {
  component: string;
  layer: number;
  head: number | null;
  pos: number;
  /** Share of the margin that is lost when it loses its value there alone. */
  needed: number;
  x: number;
  y: number;
  radius: number;
}

/** What a head looks at from the position where it is needed. */
export interface Edge {
  component: string;
  from: { pos: number; x: number; y: number };
  to: Node;
  weight: number;
}

/** A column of the drawing: a position, or a stretch of positions where nothing happens. */
export type Column = { kind: "pos"; pos: number; x: number } | { kind: "fold"; from: number; to: number; x: number };

export interface CircuitDrawing {
  width: number;
  height: number;
  columns: Column[];
  nodes: Node[];
  edges: Edge[];
  /** Middle of a layer's row. */
  rowY(layer: number): number;
}

const FOLD = 18;
const LEAST = 2.5;

/**
 * A circuit as layers × positions, layer 0 at the bottom.
 *
 * Every member stands where it is most needed, and at each further position where it is needed by `least` or more.
 * Members that share a place stand side by side. Positions of which nothing is shown are folded together where the
 * prompt is too long for the width.
 *
 * @param attention what a head looks at from a position, by weight
 */
export function drawCircuit(options: {
  members: readonly Member[];
  layers: number;
  positions: number;
  width: number;
  rowHeight: number;
  least: number;
  attention: (component: string, pos: number) => readonly { pos: number; weight: number }[];
}): CircuitDrawing {
  const { members, layers, positions, rowHeight, least } = options;
  const rowY = (layer: number) => (layers - layer - 0.5) * rowHeight;
  const placed = members.flatMap((member) => {
    const { layer, head } = component(member.component);
    return member.places
      .filter((place, i) => i === 0 || place.needed >= least)
      .map((place) => ({ component: member.component, layer, head, pos: place.pos, needed: place.needed }));
  });
  const looks = placed.flatMap((node) =>
    node.head === null ? [] : options.attention(node.component, node.pos).map((seen) => ({ node, ...seen })),
  );
  const used = new Set([...placed.map((node) => node.pos), ...looks.map((look) => look.pos), 0, positions - 1]);
  const crowd = (pos: number) => mostAtOnePlace(placed.filter((node) => node.pos === pos));
  const { columns, width } = columnsFor(used, positions, options.width, (pos) => Math.max(22, crowd(pos) * 13 + 4));
  const columnX = new Map(columns.flatMap((column) => (column.kind === "pos" ? [[column.pos, column.x] as const] : [])));

  const largest = Math.max(...placed.map((node) => Math.abs(node.needed)), 1e-9);
  const most = rowHeight / 2;
  const nodes: Node[] = [];
  for (const group of groups(placed, (node) => `${node.layer}:${node.pos}`)) {
    const step = Math.min(2.4 * most, 13);
    group
      .sort((a, b) => (a.head ?? Infinity) - (b.head ?? Infinity))
      .forEach((node, i) => {
        nodes.push({
          ...node,
          x: columnX.get(node.pos)! + (i - (group.length - 1) / 2) * step,
          y: rowY(node.layer),
          radius: LEAST + (most - LEAST) * Math.sqrt(Math.abs(node.needed) / largest),
        });
      });
  }
  const edges = looks.map(({ node, pos, weight }) => {
    const to = nodes.find((one) => one.component === node.component && one.pos === node.pos)!;
    return { component: node.component, from: { pos, x: columnX.get(pos)!, y: to.y + rowHeight / 2 }, to, weight };
  });
  return { width, height: layers * rowHeight, columns, nodes, edges, rowY };
}

function mostAtOnePlace(placed: readonly { layer: number; pos: number }[]): number {
  return Math.max(1, ...groups(placed, (node) => `${node.layer}:${node.pos}`).map((group) => group.length));
}

function groups<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return [...found.values()];
}

/**
 * All positions where they fit; else those in use, and folds between them.
 *
 * @param least how wide a position must be
 */
export function columnsFor(
  used: ReadonlySet<number>,
  positions: number,
  width: number,
  least: (pos: number) => number,
): { columns: Column[]; width: number } {
  const every = Array.from({ length: positions }, (_, i) => i);
  const total = (shown: readonly number[]) => shown.reduce((sum, pos) => sum + least(pos), 0);
  const shown = total(every) <= width ? every : every.filter((pos) => used.has(pos));
  const folds = shown.filter((pos, i) => i > 0 && pos > shown[i - 1]! + 1).length;
  const spare = Math.max(0, Math.min(24, (width - folds * FOLD - total(shown)) / shown.length));
  const columns: Column[] = [];
  let x = 0;
  shown.forEach((pos, i) => {
    const before = shown[i - 1];
    if (before !== undefined && pos > before + 1) {
      columns.push({ kind: "fold", from: before + 1, to: pos - 1, x: x + FOLD / 2 });
      x += FOLD;
    }
    columns.push({ kind: "pos", pos, x: x + (least(pos) + spare) / 2 });
    x += least(pos) + spare;
  });
  return { columns, width: x };
}
