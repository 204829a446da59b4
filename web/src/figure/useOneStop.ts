import { useEffect, useRef, type FocusEvent, type KeyboardEvent } from "react";

/**
 * Makes a row of buttons one stop of the Tab key: arrow keys, Home and End move within it, and Tab comes back to the
 * button that was left.
 *
 * @returns what the element around the buttons is given
 */
export function useOneStop<E extends HTMLElement>() {
  const around = useRef<E>(null);
  const stop = useRef(0);
  const buttons = () => [...(around.current?.querySelectorAll("button") ?? [])];
  const mark = () => {
    const all = buttons();
    const at = Math.min(stop.current, all.length - 1);
    all.forEach((button, i) => (button.tabIndex = i === at ? 0 : -1));
  };
  useEffect(mark); // buttons come and go
  return {
    ref: around,
    onFocus: (event: FocusEvent<E>) => {
      const at = buttons().findIndex((button) => button.contains(event.target as Node));
      if (at < 0) return;
      stop.current = at;
      mark();
    },
    onKeyDown: (event: KeyboardEvent<E>) => {
      const all = buttons();
      const at = all.findIndex((button) => button.contains(event.target as Node));
      if (at < 0) return;
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
      const next = to === undefined ? undefined : all[to];
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
    },
  };
}
