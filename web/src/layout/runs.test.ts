import { describe, expect, it } from "vitest";
import { kept } from "./runs";

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
