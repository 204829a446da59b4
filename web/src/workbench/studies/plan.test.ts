import { describe, expect, it } from "vitest";
import { askedOf, planOf, writtenPlan } from "./plan";

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
