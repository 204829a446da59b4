import { useEffect, useState, type FormEvent, type KeyboardEvent, type ReactNode } from "react";
import type { Offered } from "../../record/routes";
import { modelName } from "../../record/words";

/** What is asked: texts as they are typed; what is empty is left to Cutaway. */
export interface Asked {
  model: string;
  prompt: string;
  contrast: string;
  answer: string;
  against: string;
}

/**
 * The question, typed; Enter asks, Shift and Enter breaks the line.
 *
 * @param brief what is said of the question as it is typed
 */
export function PromptForm(props: { asked: Asked; models: readonly Offered[]; submit: (asked: Asked) => void; brief: (typed: Asked) => ReactNode }) {
  const [typed, setTyped] = useState(props.asked);
  useEffect(() => setTyped(props.asked), [props.asked]);
  const set = (name: keyof Asked) => (event: { target: { value: string } }) =>
    setTyped((now) => ({ ...now, [name]: event.target.value }));
  const send = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault();
    if (typed.prompt.trim() !== "") props.submit(typed);
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
  };
  return (
    <form className="question" onSubmit={send}>
      <label className="wide">
        <span>Prompt</span>
        <textarea rows={1} value={typed.prompt} onChange={set("prompt")} onKeyDown={enter} spellCheck={false} autoFocus />
      </label>
      <button type="submit" className="go" disabled={typed.prompt.trim() === ""}>
        take apart
      </button>
      <details className="wide" open={props.asked.contrast + props.asked.answer + props.asked.against !== ""}>
        <summary>
          set against another prompt or token{props.models.length > 1 ? "; another model" : ""}
        </summary>
        <div className="fields">
          <label className="wide">
            <span>Contrast</span>
            <input value={typed.contrast} onChange={set("contrast")} placeholder="as many tokens, another answer; made where it is empty" />
          </label>
          <label>
            <span>Answer</span>
            <input value={typed.answer} onChange={set("answer")} placeholder="the model's own" />
          </label>
          <label>
            <span>Against</span>
            <input value={typed.against} onChange={set("against")} placeholder="the contrast's" />
          </label>
          <label>
            <span>Model</span>
            <select value={typed.model} onChange={set("model")}>
              {props.models.map((model) => (
                <option key={model.name} value={model.name} title={model.name}>
                  {modelName(model.name)}
                </option>
              ))}
            </select>
          </label>
        </div>
      </details>
      {props.brief(typed)}
    </form>
  );
}
