import { describe, expect, it } from "vitest";
import type { Member } from "../record/explanation";
import { columnsFor, drawCircuit } from "./circuit";

const member = (name: string, ...places: [pos: number, needed: number][]): Member => ({
  component: name,
  needed: places[0]?.[1] ?? 0,
  reads: -1,
  pattern: 0,
  places: places.map(([pos, needed]) => ({ pos, needed })),
});

const drawing = (members: Member[], positions = 14, width = 700) =>
  drawCircuit({
    members,
    layers: 30,
    positions,
    width,
    rowHeight: 14,
    least: 0.05,
    attention: (name, pos) => (name === "L23H3" && pos === 13 ? [{ pos: 9, weight: 0.74 }] : []),
  });

describe("a circuit", () => {
  const drawn = drawing([
    member("L23H3", [13, 0.6], [9, 0.04]),
    member("L23H0", [13, 0.09]),
    member("MLP0", [9, 0.8], [13, 0.06], [2, -0.01]),
    member("MLP2", [13, 0.01]),
  ]);

  it("shows each member where it is most needed, and where else it is needed enough", () => {
    expect(drawn.nodes.map((node) => `${node.component}@${node.pos}`).sort()).toEqual([
      "L23H0@13",
      "L23H3@13",
      "MLP0@13",
      "MLP0@9",
      "MLP2@13",
    ]);
  });

  it("has later layers higher, later positions further right, and what is needed more larger", () => {
    const at = (name: string, pos: number) => drawn.nodes.find((node) => node.component === name && node.pos === pos)!;
    expect(at("L23H3", 13).y).toBeLessThan(at("MLP0", 13).y);
    expect(at("MLP0", 9).x).toBeLessThan(at("MLP0", 13).x);
    expect(at("MLP0", 9).radius).toBeGreaterThan(at("L23H3", 13).radius);
    expect(at("L23H3", 13).radius).toBeGreaterThan(at("MLP2", 13).radius);
  });

  it("sets members of one place side by side, without overlap of their middles", () => {
    const [a, b] = drawn.nodes.filter((node) => node.layer === 23);
    expect(Math.abs(a!.x - b!.x)).toBeGreaterThanOrEqual(6);
    expect(a!.y).toBe(b!.y);
  });

  it("leads a line from what a head looks at to the head", () => {
    expect(drawn.edges).toHaveLength(1);
    expect(drawn.edges[0]!.from.pos).toBe(9);
    expect(drawn.edges[0]!.to.component).toBe("L23H3");
    expect(drawn.edges[0]!.from.x).toBeLessThan(drawn.edges[0]!.to.x);
  });

  it("stays inside of its frame", () => {
    for (const node of drawn.nodes) {
      expect(node.x).toBeGreaterThan(0);
      expect(node.x).toBeLessThan(drawn.width);
      expect(node.y).toBeGreaterThan(0);
      expect(node.y).toBeLessThan(drawn.height);
    }
  });
});

it("folds what a long prompt does not use", () => {
  const drawn = drawing([member("L2H0", [200, 0.5]), member("MLP1", [7, 0.5])], 256, 500);
  expect(drawn.columns.filter((column) => column.kind === "pos").map((column) => column.pos)).toEqual([0, 7, 200, 255]);
  expect(drawn.columns.filter((column) => column.kind === "fold")).toHaveLength(3);
  expect(drawn.width).toBeLessThanOrEqual(500);
});

it("keeps every position where there is room", () => {
  expect(columnsFor(new Set([0, 5]), 6, 300, () => 20).columns).toHaveLength(6);
});
