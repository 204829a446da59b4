import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { fromFragment, notThere, released, toFragment, toggled, type Act, type Limits, type MetricName, type Paint, type Selection } from "../selection";
import { NameValues } from "./NameValues";

/** What a mark says when it is pointed at. */
export interface Reading {
  title: string;
  /** Name and value, with unit. */
  lines: readonly (readonly [string, string])[];
}

/** How the panel of what is chosen came to be open. */
export interface Opening {
  /** What had the focus when it was chosen; null for nothing. */
  mark: HTMLElement | SVGElement | null;
  byKeys: boolean;
  /** Whether no panel has answered yet. */
  isFresh: boolean;
  panel: HTMLElement | null;
  /** Where the page stood before it was scrolled to the panel; null where it was not. */
  scrolledFrom: number | null;
}

interface Pointing {
  selection: Selection;
  /** Chooses something; choosing it again lets go of it. */
  choose(chosen: Partial<Selection>): void;
  clear(): void;
  /** Does something where the reader points, or nothing any more; what is read off it stays what it is. */
  act(act: Act | null, neuron: number | null, metric: MetricName | null): void;
  /** Has a probe read something otherwise, or nothing any more. */
  paint(paint: Paint | null): void;
  /** Shows one pair of a sweep, or all of them together. */
  show(pair: number | null): void;
  /** Shows a reading beside a point of the window; null takes it away. */
  point(at: { x: number; y: number; reading: Reading } | null): void;
  /** The same object always; written as things are chosen. */
  opening: Opening;
  /** What the address names that is not there, in words; empty for nothing. */
  missing: string;
}

const Context = createContext<Pointing | null>(null);

/** The one selection that all figures share, and the one reading that is shown. */
export function usePointing(): Pointing {
  const pointing = useContext(Context);
  if (pointing === null) throw new Error("no figure outside of PointingProvider");
  return pointing;
}

/** Of figures in which nothing is chosen for others. */
export const NO_LIMITS: Limits = { components: new Set<string>(), layers: 0, positions: 0 };

export function PointingProvider(props: { limits: Limits; children: ReactNode }) {
  const { limits } = props;
  const [selection, setSelection] = useState(() => fromFragment(location.hash, limits));
  const [missing, setMissing] = useState(() => notThere(location.hash, limits));
  const [tip, setTip] = useState<{ x: number; y: number; reading: Reading } | null>(null);
  const opening = useRef<Opening>({ mark: null, byKeys: false, isFresh: false, panel: null, scrolledFrom: null }).current;
  const clear = useCallback(() => {
    setSelection(released);
    comeBack(opening);
  }, [opening]);

  useEffect(() => {
    const byKeys = () => void (opening.byKeys = true);
    const byPointer = () => void (opening.byKeys = false);
    addEventListener("keydown", byKeys, true);
    addEventListener("pointerdown", byPointer, true);
    return () => {
      removeEventListener("keydown", byKeys, true);
      removeEventListener("pointerdown", byPointer, true);
    };
  }, [opening]);

  useEffect(() => {
    const follow = () => {
      opening.mark = null; // no mark of this page chose it
      opening.scrolledFrom = null;
      setSelection(fromFragment(location.hash, limits));
      setMissing(notThere(location.hash, limits));
    };
    const letGo = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        setTip(null);
        clear();
      }
    };
    addEventListener("hashchange", follow);
    addEventListener("keydown", letGo);
    return () => {
      removeEventListener("hashchange", follow);
      removeEventListener("keydown", letGo);
    };
  }, [limits, clear, opening]);

  useEffect(() => {
    const fragment = toFragment(selection);
    if (fragment !== location.hash) {
      history.replaceState(null, "", fragment === "" ? location.pathname + location.search : fragment);
    }
  }, [selection]);

  const choose = useCallback(
    (chosen: Partial<Selection>) => {
      const mark = document.activeElement;
      if (opening.panel?.contains(mark) !== true) {
        opening.mark = mark instanceof HTMLElement || mark instanceof SVGElement ? mark : null;
        opening.scrolledFrom = null;
        opening.isFresh = true;
      }
      setMissing("");
      setSelection((now) => toggled(now, chosen));
    },
    [opening],
  );
  const act = useCallback(
    (act: Act | null, neuron: number | null, metric: MetricName | null) => setSelection((now) => ({ ...now, act, neuron, metric })),
    [],
  );
  const paint = useCallback((paint: Paint | null) => setSelection((now) => ({ ...now, paint })), []);
  const show = useCallback((pair: number | null) => setSelection((now) => ({ ...now, pair })), []);
  const pointing = useMemo(
    () => ({ selection, choose, clear, act, paint, show, point: setTip, opening, missing }),
    [selection, choose, clear, act, paint, show, opening, missing],
  );
  return (
    <Context.Provider value={pointing}>
      {props.children}
      {tip !== null && <Tip {...tip} />}
    </Context.Provider>
  );
}

/** What the address names that is not there, until something else is chosen. */
export function Missing() {
  const { missing } = usePointing();
  return missing === "" ? null : (
    <p className="missing" role="alert">
      {missing}
    </p>
  );
}

/**
 * Gives the focus of a panel that closes back to the mark that opened it, or to what was drawn in its place meanwhile; where
 * an address opened it, to what shows it as chosen, else to the heading of the view.
 */
function comeBack(opening: Opening) {
  const { mark, panel, scrolledFrom } = opening;
  opening.isFresh = false;
  if (panel === null || !panel.contains(document.activeElement)) return;
  const to = (mark === null ? null : drawnAgain(mark)) ?? shownOutside(panel) ?? heading();
  to?.focus({ preventScroll: scrolledFrom !== null });
  if (scrolledFrom !== null) scrollTo({ top: scrolledFrom });
  opening.scrolledFrom = null;
}

type Focusable = HTMLElement | SVGElement;

function drawnAgain(mark: Focusable): Focusable | null {
  const label = mark.getAttribute("aria-label");
  return mark.isConnected ? mark : label === null ? null : document.querySelector<Focusable>(`[aria-label="${CSS.escape(label)}"]`);
}

/** What could have opened a panel: the first mark of what is chosen, or the figure that has it; of a position alone, its token. */
function shownOutside(panel: HTMLElement): Focusable | null {
  for (const marks of [".chosen", ".tokens [aria-pressed=true]"]) {
    for (const chosen of document.querySelectorAll(marks)) {
      const stop = chosen.querySelector<Focusable>("button") ?? chosen.closest<Focusable>("button, [tabindex]");
      if (stop !== null && !panel.contains(stop)) return stop;
    }
  }
  return null;
}

function heading(): HTMLElement | null {
  const found = document.querySelector<HTMLElement>("main h1, main h2");
  if (found !== null) found.tabIndex = -1; // no stop of the Tab key, but a place to go on from
  return found;
}

function Tip(props: { x: number; y: number; reading: Reading }) {
  const width = 320;
  const left = Math.max(4, Math.min(props.x + 14, innerWidth - width - 4));
  const below = props.y < innerHeight / 2;
  return (
    <div className="tip" role="status" style={below ? { left, top: props.y + 16 } : { left, bottom: innerHeight - props.y + 12 }}>
      <b>{props.reading.title}</b>
      <NameValues rows={props.reading.lines} />
    </div>
  );
}
