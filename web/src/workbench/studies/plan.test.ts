import { describe, expect, it } from "vitest";
import { askedOf, planOf, problemOf, writtenPlan } from "./plan";

const PARAMETERS = [
  { name: "steps", meaning: "of training", value: 200 },
  { name: "noise", meaning: "of an input", value: 0.1 },
];

describe("the plan of a study", () => {
  it("is the quick form where the address says nothing, and asks nothing more", () => {
    const plan = planOf({}, PARAMETERS);
    expect(plan).toEqual({ seeds: 1, values: { steps: 200, noise: 0.1 } });
    expect(askedOf("toy", plan, PARAMETERS)).toEqual({ study: "toy" });
  });

  it("is the same after a way through the address", () => {
    const plan = { seeds: 3, values: { steps: 200, noise: 0.25 } };
    expect(planOf(writtenPlan(plan, PARAMETERS), PARAMETERS)).toEqual(plan);
    expect(askedOf("toy", plan, PARAMETERS)).toEqual({ study: "toy", seeds: 3, set: [{ name: "noise", value: 0.25 }] });
  });

  it("leaves out what is no parameter or no number", () => {
    expect(planOf({ seeds: "-2", set: "steps=x,other=3,noise=0.5" }, PARAMETERS)).toEqual({ seeds: 1, values: { steps: 200, noise: 0.5 } });
  });
});

describe("a plan as it is typed", () => {
  it("can be run where seeds are whole and from 1 to 10, and all else is a number", () => {
    expect(problemOf("1", { steps: "200", noise: "1e-3" })).toBe("");
    expect(problemOf(" 10 ", {})).toBe("");
  });

  it.each(["-5", "abc", "0", "11", "1.5"])("says what is expected in place of %s seeds", (seeds) => {
    expect(problemOf(seeds, {})).toBe(`Seeds must be a whole number from 1 to 10; ${seeds} is none.`);
  });

  it("says which field is empty or no number", () => {
    expect(problemOf("", {})).toBe("Seeds must be a whole number from 1 to 10; the field is empty.");
    expect(problemOf("1", { steps: "many" })).toBe("steps must be a number; many is none.");
    expect(problemOf("1", { steps: "200", noise: " " })).toBe("noise must be a number; the field is empty.");
  });
});
