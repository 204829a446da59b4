import { expect, it } from "vitest";
import { cellAt, labelStep, level, levelPaths, LEVELS } from "./levels";

const cell = { width: 10, height: 5 };

it("gathers cells by sign and size, row 0 at the bottom", () => {
  const paths = levelPaths([[1, 0, -1], [1, 0.5, 0.01]], 1, cell);
  expect(paths.map((path) => [path.sign, path.level, path.d.split("M").length - 1])).toEqual([
    [-1, LEVELS, 1],
    [1, LEVELS / 2, 1],
    [1, LEVELS, 2],
  ]);
  expect(paths[0]!.d).toBe("M20 5h10v5h-10z");
});

it("leaves out what was not asked, and has nothing to draw where all is 0", () => {
  expect(levelPaths([[null, 1, null]], 1, cell).map((path) => path.d)).toEqual(["M10 0h10v5h-10z"]);
  expect(levelPaths([[0, 0]], 0, cell)).toEqual([]);
});

it("tells apart what is not told from chance", () => {
  const paths = levelPaths([[0.4, 0.5, -0.4]], 1, cell, (value, row, column) => row === 0 && Math.abs(value) < 0.45 && column < 3);
  expect(paths.map((path) => [path.sign, path.faint])).toEqual([
    [-1, true],
    [1, true],
    [1, false],
  ]);
});

it("clips what is larger than the scale", () => {
  expect(level(7, 1)).toBe(LEVELS);
  expect(level(-7, 1)).toBe(LEVELS);
  expect(level(0.02, 1)).toBe(0);
});

it("finds under a point the cell that was drawn there", () => {
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 4; column++) {
      const values = [0, 1, 2].map((r) => [0, 1, 2, 3].map((c) => (r === row && c === column ? 1 : 0)));
      const [x, y] = /^M([\d.]+) ([\d.]+)/.exec(levelPaths(values, 1, cell)[0]!.d)!.slice(1).map(Number);
      expect(cellAt(x! + 4, y! + 2, cell, 3, 4)).toEqual({ row, column });
    }
  }
  expect(cellAt(-1, 2, cell, 3, 4)).toBeNull();
  expect(cellAt(41, 2, cell, 3, 4)).toBeNull();
  expect(cellAt(1, 15, cell, 3, 4)).toBeNull();
});

it("leaves out labels that would overlap", () => {
  expect(labelStep(14, 26, 13)).toBe(1);
  expect(labelStep(256, 3, 13)).toBe(5);
  expect(labelStep(2, 0.1, 13)).toBe(2);
});
