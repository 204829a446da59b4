import { expect, it } from "vitest";
import { count, counted, modelName, number, percent, short, signed, visible } from "./words";

it("writes numbers with a true minus and no minus before zero", () => {
  expect(number(-1.23456)).toBe("−1.235");
  expect(number(-0.0001, 2)).toBe("0.00");
  expect(signed(2)).toBe("+2.00");
  expect(signed(-2)).toBe("−2.00");
  expect(signed(-0.001)).toBe("0.00");
});

it("keeps thousands apart", () => {
  expect(count(46380)).toBe("46,380");
  expect(count(330)).toBe("330");
});

it("counts one thing as one", () => {
  expect(counted(1, "sentence")).toBe("1 sentence");
  expect(counted(1400, "token")).toBe("1,400 tokens");
});

it("gives small shares a digit more", () => {
  expect(percent(0.834)).toBe("83 %");
  expect(percent(0.0345)).toBe("3.5 %");
  expect(percent(0)).toBe("0 %");
  expect(percent(-1)).toBe("−100 %");
});

it("shows what cannot be seen", () => {
  expect(visible(" Mary")).toBe("·Mary");
  expect(visible("\n\t\u0007")).toBe("↵⇥\\x07");
  expect(visible("")).toBe("∅");
});

it("cuts between letters, not inside them", () => {
  expect(short("👩‍🚀abcdef", 4)).toHaveLength([..."👩‍🚀"].slice(0, 3).join("").length + 1);
  expect(short("abc", 3)).toBe("abc");
});

it("names a model that was given as a path by its last part", () => {
  expect(modelName("/models/othello/")).toBe("othello");
  expect(modelName("../small.gguf")).toBe("small.gguf");
  expect(modelName("C:\\models\\small.gguf")).toBe("small.gguf");
  expect(modelName("HuggingFaceTB/SmolLM2-135M")).toBe("HuggingFaceTB/SmolLM2-135M");
  expect(modelName("smollm2-135m-instruct")).toBe("smollm2-135m-instruct");
});
