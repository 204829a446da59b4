import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { fromFragment, released, toFragment, toggled, type Act, type Limits, type MetricName, type Selection } from "../selection";
import { NameValues } from "./NameValues";

/** What a mark says when it is pointed at. */
export interface Reading {
  title: string;
  /** Name and value, with unit. */
  lines: readonly (readonly [string, string])[];
}

interface Pointing {
  selection: Selection;
  /** Chooses something; choosing it again lets go of it. */
  choose(chosen: Partial<Selection>): void;
  clear(): void;
  /** Does something where the reader points, or nothing any more; what is read off it stays what it is. */
  act(act: Act | null, neuron: number | null, metric: MetricName | null): void;
  /** Shows one pair of a sweep, or all of them together. */
  show(pair: number | null): void;
  /** Shows a reading beside a point of the window; null takes it away. */
  point(at: { x: number; y: number; reading: Reading } | null): void;
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
  const [tip, setTip] = useState<{ x: number; y: number; reading: Reading } | null>(null);

  useEffect(() => {
    const follow = () => setSelection(fromFragment(location.hash, limits));
    const letGo = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        setSelection(released);
        setTip(null);
      }
    };
    addEventListener("hashchange", follow);
    addEventListener("keydown", letGo);
    return () => {
      removeEventListener("hashchange", follow);
      removeEventListener("keydown", letGo);
    };
  }, [limits]);

  useEffect(() => {
    const fragment = toFragment(selection);
    if (fragment !== location.hash) {
      history.replaceState(null, "", fragment === "" ? location.pathname + location.search : fragment);
    }
  }, [selection]);

  const choose = useCallback((chosen: Partial<Selection>) => setSelection((now) => toggled(now, chosen)), []);
  const clear = useCallback(() => setSelection(released), []);
  const act = useCallback(
    (act: Act | null, neuron: number | null, metric: MetricName | null) => setSelection((now) => ({ ...now, act, neuron, metric })),
    [],
  );
  const show = useCallback((pair: number | null) => setSelection((now) => ({ ...now, pair })), []);
  const pointing = useMemo(
    () => ({ selection, choose, clear, act, show, point: setTip }),
    [selection, choose, clear, act, show],
  );
  return (
    <Context.Provider value={pointing}>
      {props.children}
      {tip !== null && <Tip {...tip} />}
    </Context.Provider>
  );
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
