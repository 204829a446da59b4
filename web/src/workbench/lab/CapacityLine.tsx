import { component } from "../../record/component";
import { ask } from "../client";
import { useAnswer } from "../useAnswer";
import { written } from "../address";

/** How many features the neurons of a chosen MLP can compute; nothing of a head. */
export function CapacityLine(props: { model: string; chosen: string | null }) {
  const { model } = props;
  const of = props.chosen === null ? null : component(props.chosen);
  const layer = of === null || of.head !== null ? null : of.layer;
  const capacity = useAnswer(layer === null ? null : JSON.stringify([model, layer]), (signal) =>
    ask("POST /api/capacity", { model, layer: layer ?? 0 }, {}, signal),
  );
  if (layer === null || capacity.state !== "here" || capacity.value.layer !== layer) return null;
  return (
    <span className="wide soft capacity">
      capacity: {capacity.value.text};{" "}
      <a href={written({ view: "lab", of: { experiment: "signs", model, layer: String(layer) } })}>its sign codes</a>
    </span>
  );
}
