import { useEffect, type RefObject } from "react";

/** Keeps the page where it is while the wheel turns over an element; React's own wheel listeners cannot. */
export function useHeldWheel(element: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const target = element.current!;
    const hold = (event: Event) => event.preventDefault();
    target.addEventListener("wheel", hold, { passive: false });
    return () => target.removeEventListener("wheel", hold);
  }, [element]);
}
