import { describe, expect, it } from "vitest";
import { metricOf, type AskedMetric } from "./bench";

const LOG_P: AskedMetric = { name: "log-p", words: "log p", metric: { metric: "log_probability", token: 7 } };
const UNKNOWN: AskedMetric = { name: "margin", words: "the margin", metric: null };
const MARGIN: AskedMetric = { ...UNKNOWN, metric: { metric: "logit_difference", answer: 7, against: 8 } };

describe("the metric of an open panel", () => {
  it("stays when the explanation arrives and another could be asked", () => {
    const opened = metricOf([LOG_P, UNKNOWN], null);
    expect(opened).toBe(LOG_P);
    expect(metricOf([LOG_P, MARGIN], opened.name)).toBe(LOG_P);
  });

  it("is the margin where the panel is opened after that", () => {
    expect(metricOf([LOG_P, MARGIN], null)).toBe(MARGIN);
  });

  it("is awaited where a link asks for what is not known yet", () => {
    expect(metricOf([LOG_P, UNKNOWN], "margin")).toBe(UNKNOWN);
  });
});
