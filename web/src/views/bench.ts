import { createContext, useContext, type ReactNode } from "react";
import type { Token } from "../record/explanation";
import type { MetricName, Selection } from "../selection";

/** What can be read off a run. */
export interface AskedMetric {
  name: MetricName;
  words: string;
  /** As the library writes it; null while it is not known. */
  metric: unknown;
}

/** What can be intervened in: a run, where it is, and what is read off it. */
export interface Subject {
  tokens: readonly Token[];
  selection: Selection;
  /** What can be read off it: the last that is known is asked first. */
  metrics: readonly AskedMetric[];
  /** The run itself: token ids, or a text. */
  prompt: unknown;
  /** The run that it is set against; null where there is none. */
  contrast: unknown;
  answer: string;
  layers: number;
}

/**
 * The metric of a panel: the one that it was opened with, whatever becomes known meanwhile.
 *
 * @param name as the panel's address has it; null where it is about to be opened
 */
export function metricOf(metrics: readonly AskedMetric[], name: MetricName | null): AskedMetric {
  return metrics.find((one) => one.name === name) ?? metrics.findLast(({ metric }) => metric !== null)!;
}

/** What a live page adds to the figures: a panel that intervenes where the reader points. A saved page has none. */
export interface Bench {
  panel: (of: Subject) => ReactNode;
}

export const BenchContext = createContext<Bench | null>(null);

export function useBench(): Bench | null {
  return useContext(BenchContext);
}
