import { describe, expect, it } from "vitest";
import { commonest, nearest, placed, rowsOf, rowsOfWord, shades } from "./jointRows";

const texts = [["The", " un", "happy", " cat", "."], [" happy", " the", " cats"], ["the"]].map((tokens) => tokens.map((text, pos) => ({ pos, id: 0, text })));
const rows = rowsOf(texts);

describe("rows of many texts", () => {
  it("stand one behind another", () => {
    expect(rows.length).toBe(9);
    expect(rows.start).toEqual([0, 5, 8]);
    expect([rows.text[6], rows.pos[6], rows.token[6]]).toEqual([1, 1, " the"]);
  });

  it("are found by a word in any case, in all its tokens, and not within another word", () => {
    expect([...rowsOfWord(rows, "the")]).toEqual([0, 6, 8]);
    expect([...rowsOfWord(rows, "Unhappy")]).toEqual([1, 2]);
    expect([...rowsOfWord(rows, "happy")]).toEqual([5]);
    expect([...rowsOfWord(rows, "cat")]).toEqual([3]);
    expect([...rowsOfWord(rows, "cat .")]).toEqual([]);
    expect([...rowsOfWord(rows, ".")]).toEqual([4]);
    expect(rowsOfWord(rows, " ").size).toBe(0);
  });

  it("are named by the commonest tokens", () => {
    const { names, of } = commonest(rows, 2);
    expect(names).toEqual(["the", "happy"]);
    expect([...of]).toEqual([0, -1, 1, -1, -1, 1, 0, -1, 0]);
  });
});

describe("points", () => {
  it("have ink by position, and by norm among queries and among keys", () => {
    expect([...shades("position", rows, new Float32Array(18))].slice(0, 6)).toEqual([0, 0.25, 0.5, 0.75, 1, 0]);
    const norms = Float32Array.from({ length: 18 }, (_, i) => (i < 9 ? i : 100 + 2 * i));
    const of = shades("norm", rows, norms);
    expect([of[0], of[8], of[9], of[17]]).toEqual([0, 1, 0, 1]);
    expect(Math.min(...shades("type", rows, norms))).toBe(1);
  });

  it("fit a square at one scale, y upwards turned downwards", () => {
    const [a, b, c, d] = placed(new Float32Array([0, 0, 10, 5]), 100);
    expect([a, c]).toEqual([2, 98]);
    expect(b! - d!).toBeCloseTo(48);
  });

  it("are found by what lies nearest, marked ones first", () => {
    const places = new Float32Array([0, 0, 3, 0, 50, 50]);
    expect(nearest(places, { x: 1, y: 0 }, 5, () => false)).toBe(0);
    expect(nearest(places, { x: 1, y: 0 }, 5, (point) => point === 1)).toBe(1);
    expect(nearest(places, { x: 20, y: 20 }, 5, () => true)).toBeNull();
  });
});
