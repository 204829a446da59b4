import { useEffect, useState, type FormEvent } from "react";
import type { Token } from "../../record/explanation";
import { replaced } from "./edits";

/** One token of the prompt, to be typed over; what follows is asked anew. */
export function TokenEditor(props: {
  tokens: readonly Token[];
  text: string;
  pos: number | null;
  onEdit: (text: string) => void;
}) {
  const { tokens, text, pos } = props;
  const token = pos === null ? undefined : tokens[pos];
  const [typed, setTyped] = useState("");
  useEffect(() => setTyped(token?.text ?? ""), [token]);
  if (token === undefined || replaced(tokens, text, token.pos, token.text) === null) return null;
  const next = replaced(tokens, text, token.pos, typed);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (next !== null && next !== text) props.onEdit(next);
  };
  return (
    <form className="token-editor" onSubmit={send}>
      <label>
        token {token.pos}
        <input value={typed} onChange={(event) => setTyped(event.target.value)} spellCheck={false} size={12} />
      </label>
      <button type="submit" disabled={next === null || next === text}>
        edit it
      </button>
    </form>
  );
}
