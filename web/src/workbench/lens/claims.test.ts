import { expect, it } from "vitest";
import type { Measured } from "../../record/routes";
import type { Subject } from "../../views/bench";
import { NOTHING } from "../../selection";
import { claimAsked } from "./claims";
import { interventions } from "./edits";

const PROMPT = { ids: [1, 2, 3] };
const CONTRAST = { ids: [1, 4, 3] };
const METRIC = { metric: "logit_difference", token: 7, against: 8 };
const OF = { prompt: PROMPT, contrast: CONTRAST } as unknown as Subject;
const FOUND = { metric: METRIC, seed: 5, effect: -6.1, controls: [0.1, -0.2, 0.3] } as unknown as Measured;

it("takes the controls along that stood beside the effect, to be drawn again from the same seeds", () => {
  const [zero] = interventions({ ...NOTHING, component: "L3H1" }, 4, PROMPT, CONTRAST, null);
  expect(claimAsked("m", OF, zero!, FOUND)).toMatchObject({ inContrast: false, metric: METRIC, controls: 3, seed: 5 });
});

it("says which run is edited", () => {
  const into = interventions({ ...NOTHING, component: "L3H1" }, 4, PROMPT, CONTRAST, null).find(({ act }) => act === "into-contrast")!;
  expect(claimAsked("m", OF, into, FOUND).inContrast).toBe(true);
});
