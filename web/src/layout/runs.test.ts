import { describe, expect, it } from "vitest";
import { kept, mapColumns } from "./runs";

describe("kept", () => {
  const at = (length: number, ...wanted: number[]) => Array.from({ length }, (_, pos) => wanted.includes(pos));

  it("keeps what is near, within the text", () => {
    expect(kept(at(100, 1, 50), 3)).toEqual([{ from: 0, to: 5 }, { from: 47, to: 54 }]);
    expect(kept(at(100, 99), 3)).toEqual([{ from: 96, to: 100 }]);
  });

  it("joins runs that touch", () => {
    expect(kept(at(100, 10, 17), 3)).toEqual([{ from: 7, to: 21 }]);
    expect(kept(at(100, 10, 18), 3)).toEqual([{ from: 7, to: 14 }, { from: 15, to: 22 }]);
  });

  it("keeps all where nothing differs", () => {
    expect(kept(at(5), 3)).toEqual([{ from: 0, to: 5 }]);
  });
});

describe("mapColumns", () => {
  const at = (length: number, ...wanted: number[]) => Array.from({ length }, (_, pos) => wanted.includes(pos));
  const text = (columns: { from: number; to: number }[]) =>
    columns.map(({ from, to }) => (to === from + 1 ? `${from}` : `${from}-${to - 1}`)).join(" ");

  it("is every position where there is room", () => {
    expect(text(mapColumns(at(6, 5), 6))).toBe("0 1 2 3 4 5");
  });

  it("folds what nobody wants, and keeps what stands beside what is wanted", () => {
    expect(text(mapColumns(at(30, 9, 29), 20))).toBe("0-7 8 9 10 11-27 28 29");
    expect(text(mapColumns(at(30, 0, 29), 20))).toBe("0 1 2-27 28 29");
  });

  it("does not fold a few", () => {
    expect(text(mapColumns(at(12, 0, 6, 11), 5))).toBe("0 1 2 3 4 5 6 7 8 9 10 11");
    expect(text(mapColumns(at(13, 0, 7, 12), 5))).toBe("0 1 2-5 6 7 8 9 10 11 12");
  });

  it("folds nothing of a map on which nothing is to be seen", () => {
    expect(mapColumns(at(40), 5)).toHaveLength(40);
  });
});
