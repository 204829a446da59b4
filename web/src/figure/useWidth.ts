import { useLayoutEffect, useRef, useState, type RefObject } from "react";

/** What was measured last: figures mostly share a column, so that the next one need not be drawn twice. */
let last = 720;

/** The width of an element in pixels, kept up to date. */
export function useWidth<E extends HTMLElement>(): [RefObject<E | null>, number] {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(last);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      last = element.clientWidth || last;
      setWidth(last);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
