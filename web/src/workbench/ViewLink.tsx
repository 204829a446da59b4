import type { ReactNode } from "react";
import { written, type Address } from "./address";

/** A link to a view, which this page turns to; with a key held, or another button, the browser opens it elsewhere. */
export function ViewLink(props: { to: Address; go: (to: Address) => void; label?: string; isHere?: boolean; children: ReactNode }) {
  return (
    <a
      href={written(props.to)}
      aria-label={props.label}
      aria-current={props.isHere === true ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        props.go(props.to);
      }}
    >
      {props.children}
    </a>
  );
}
