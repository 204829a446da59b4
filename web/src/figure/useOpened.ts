import { useEffect, useRef } from "react";
import { usePointing } from "./pointing";

/**
 * Makes an element the panel that opens on what is chosen. Chosen by keys, it takes the focus, which goes back to the
 * mark when it is let go; chosen by pointer, it leaves the focus where it is.
 *
 * @param what the panel is of, as text; empty while nothing is chosen
 * @param isFar whether it can lie out of sight; then the page is scrolled to its top
 * @returns what the element is given, with tabIndex -1
 */
export function useOpened<E extends HTMLElement>(what: string, isFar = false) {
  const panel = useRef<E>(null);
  const { opening, point } = usePointing();
  useEffect(() => {
    opening.panel = panel.current;
    const { mark, byKeys } = opening;
    if (what === "" || !opening.isFresh || panel.current === null) return;
    opening.isFresh = false;
    if (panel.current.contains(mark)) return; // chosen within it
    const top = panel.current.getBoundingClientRect().top;
    if (isFar && (top < 0 || top > innerHeight / 2)) {
      opening.scrolledFrom = scrollY;
      point(null); // it told of what the page leaves
      panel.current.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    }
    if (byKeys && document.activeElement === mark) panel.current.focus({ preventScroll: true });
  });
  return { ref: panel, tabIndex: -1 };
}
