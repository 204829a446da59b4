import type { Offered } from "../../record/routes";

/** The choice of a model, where there is more than one. */
export function ModelField(props: { models: readonly Offered[]; model: string; choose: (model: string) => void }) {
  if (props.models.length < 2) return null;
  return (
    <label>
      <span>Model</span>
      <select value={props.model} onChange={(event) => props.choose(event.target.value)}>
        {props.models.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
