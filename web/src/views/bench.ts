import { createContext, useContext, type ReactNode } from "react";
import type { Token } from "../record/explanation";
import type { Selection } from "../selection";

/** What can be intervened in: a run, where it is, and what is read off it. */
export interface Subject {
  tokens: readonly Token[];
  selection: Selection;
  /** The metric, as the library writes it. */
  metric: unknown;
  metricWords: string;
  /** The run itself: token ids, or a text. */
  prompt: unknown;
  /** The run that it is set against; null where there is none. */
  contrast: unknown;
  answer: string;
  layers: number;
}

/** What a live page adds to the figures: a panel that intervenes where the reader points. A saved page has none. */
export interface Bench {
  panel: (of: Subject) => ReactNode;
}

export const BenchContext = createContext<Bench | null>(null);

export function useBench(): Bench | null {
  return useContext(BenchContext);
}
