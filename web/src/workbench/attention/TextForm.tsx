import { useEffect, useState, type FormEvent } from "react";

/** The text, typed or pasted; Enter asks, Shift and Enter breaks the line. */
export function TextForm(props: { text: string; submit: (text: string) => void }) {
  const [typed, setTyped] = useState(props.text);
  useEffect(() => setTyped(props.text), [props.text]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() !== "") props.submit(typed);
  };
  return (
    <form className="question" onSubmit={send}>
      <label className="wide">
        <span>Text</span>
        <textarea
          rows={2}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
          }}
          spellCheck={false}
        />
      </label>
      <button type="submit" className="go" disabled={typed.trim() === ""}>
        see where heads look
      </button>
    </form>
  );
}
