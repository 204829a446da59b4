import { useEffect } from "react";
import type { ViewProps } from "../Workbench";
import { ContextSheet } from "./ContextSheet";
import { SignsSheet } from "./SignsSheet";
import { ToysSheet } from "./ToysSheet";

const EXPERIMENTS = [
  { id: "toys", name: "toys of superposition", Sheet: ToysSheet },
  { id: "context", name: "a graph in context", Sheet: ContextSheet },
  { id: "signs", name: "the signs of a layer", Sheet: SignsSheet },
] as const;

/** Small experiments that answer to the hand: what is asked stands in the address, and what is long is a job. */
export function LabView(props: ViewProps) {
  const { address, go } = props;
  const chosen = EXPERIMENTS.find(({ id }) => id === address.of["experiment"]) ?? EXPERIMENTS[0];
  useEffect(() => {
    document.title = `Lab, ${chosen.name} – Cutaway`;
  }, [chosen]);
  return (
    <>
      <p className="path">
        {EXPERIMENTS.map(({ id, name }) => (
          <button
            key={id}
            aria-pressed={id === chosen.id}
            onClick={() => go({ view: "lab", of: { experiment: id, ...(address.of["model"] === undefined ? {} : { model: address.of["model"] }) } })}
          >
            {name}
          </button>
        ))}
      </p>
      <chosen.Sheet key={chosen.id} {...props} />
    </>
  );
}
