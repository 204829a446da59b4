import { useEffect, useRef, useState } from "react";
import { isEnd } from "../client";
import type { ViewProps } from "../Workbench";
import { JobsPanel } from "./JobsPanel";
import { useJobs } from "./useJobs";

/** How often the count is looked at, and the list while it is open; in milliseconds. */
const PAUSE = 3000;
const OPEN_PAUSE = 1000;

/** So many jobs that have come to their end are listed. */
const ENDED = 20;

/** The corner of the strip that says how many jobs are on their way, and lists them where it is opened. */
export function JobsCorner(props: { go: ViewProps["go"] }) {
  const [isOpen, setOpen] = useState(false);
  const corner = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const known = useJobs(isOpen ? ENDED : 0, isOpen ? OPEN_PAUSE : PAUSE);
  const going = known.jobs?.filter((job) => !isEnd(job)).length ?? 0;
  useEffect(() => {
    if (!isOpen) return;
    const elsewhere = (event: Event) => {
      if (!corner.current!.contains(event.target as Node)) setOpen(false);
    };
    const close = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // what is chosen in the view stays
      setOpen(false);
      button.current!.focus();
    };
    addEventListener("pointerdown", elsewhere);
    addEventListener("focusin", elsewhere);
    addEventListener("keydown", close, true); // wherever the focus is: a button that was pressed may be gone
    return () => {
      removeEventListener("pointerdown", elsewhere);
      removeEventListener("focusin", elsewhere);
      removeEventListener("keydown", close, true);
    };
  }, [isOpen]);
  return (
    <div className="jobs-corner" ref={corner}>
      <button ref={button} aria-expanded={isOpen} aria-controls="jobs" onClick={() => setOpen(!isOpen)}>
        {going > 0 && <span className="needle" aria-hidden="true" />}
        Jobs{going > 0 && ` ${going}`}
      </button>
      {isOpen && (
        <JobsPanel
          known={known}
          open={(to) => {
            setOpen(false);
            props.go(to);
          }}
        />
      )}
    </div>
  );
}
