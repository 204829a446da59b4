import { useEffect, useRef, useState } from "react";

/** So long a dial rests, in milliseconds, before the address says where it stands. */
const REST = 250;

/**
 * A number that moves fast: shown at once, and written into the address when it rests.
 *
 * @param given where the address says that it stands
 */
export function useDial(given: number, write: (value: number) => void): [number, (value: number) => void] {
  const [at, setAt] = useState(given);
  const written = useRef(given);
  const latest = useRef(write);
  useEffect(() => {
    latest.current = write;
  });
  useEffect(() => {
    if (given !== written.current) {
      written.current = given; // moved by the browser's own buttons
      setAt(given);
    }
  }, [given]);
  useEffect(() => {
    if (at === written.current) return;
    const rest = setTimeout(() => {
      written.current = at;
      latest.current(at);
    }, REST);
    return () => clearTimeout(rest);
  }, [at]);
  return [at, setAt];
}
