import { useEffect, useState, type FormEvent } from "react";
import type { HeldOutAsked } from "../../record/routes";
import { Brief } from "../Brief";
import { JobLine, Stopped } from "../states";
import { useJob } from "../useJob";
import { EMPTY, EXAMPLE, FIELDS, linesOf, pairsOf, type Pair } from "./pairs";

/** Prompts that the claim was not found on, as rows or as the lines of a pairs file, and its measurement on them. */
export function HeldOutForm(props: { claim: string; changed: () => void }) {
  const { claim, changed } = props;
  const [rows, setRows] = useState<readonly Pair[]>([]);
  const [lines, setLines] = useState<string | null>(null); // null while rows are written
  const typed = lines ?? linesOf(rows);
  const read = lines === null ? rows : pairsOf(lines);
  const write = (pairs: readonly Pair[]) => (lines === null ? setRows(pairs) : setLines(linesOf(pairs)));
  const turn = () => {
    if (read === null) return;
    setRows(read);
    setLines(lines === null ? linesOf(rows) : null);
  };
  const [asked, setAsked] = useState<HeldOutAsked | null>(null);
  const measured = useJob("held-out", asked, asked);
  const isDone = measured.state === "here";
  useEffect(() => {
    if (isDone) changed();
  }, [isDone, changed]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setAsked({ claim, pairs: typed });
  };
  return (
    <form className="held-out" onSubmit={send}>
      {lines !== null ? (
        <textarea
          aria-label="Held-out prompts, one JSON object a line"
          rows={4}
          value={lines}
          onChange={(event) => setLines(event.target.value)}
          placeholder="one JSON object a line: prompt, contrast (as many tokens), answer and against (each with its space); or a template"
          spellCheck={false}
        />
      ) : (
        <PairRows pairs={rows} change={setRows} />
      )}
      <p className="row">
        <button type="submit" disabled={typed.trim() === "" || measured.state === "going"}>
          measure on these
        </button>
        {typed === "" && (
          <button type="button" onClick={() => write(EXAMPLE)}>
            insert an example
          </button>
        )}
        <button type="button" aria-pressed={lines !== null} disabled={read === null} onClick={turn}>
          as lines of a file
        </button>
      </p>
      <Brief run="heldOut" asked={typed.trim() === "" ? null : { claim, pairs: typed }} />
      {measured.state === "going" && <JobLine going={measured} words="Measuring:" />}
      {measured.state === "stopped" && <Stopped stop={measured} cancelled="The measurement on these prompts was cancelled." />}
    </form>
  );
}

const HEADS: Readonly<Record<keyof Pair, string>> = {
  prompt: "prompt",
  contrast: "contrast, as many tokens",
  answer: "answer, with its space",
  against: "against, with its space",
};

/** A row each, and an empty one to write the next into; a row that is emptied stays where it is. */
function PairRows(props: { pairs: readonly Pair[]; change: (pairs: readonly Pair[]) => void }) {
  const { pairs, change } = props;
  const set = (row: number, field: keyof Pair, value: string) =>
    change([...pairs, EMPTY].map((pair, i) => (i === row ? { ...pair, [field]: value } : pair)));
  return (
    <table className="pair-rows">
      <thead>
        <tr>
          {FIELDS.map((field) => (
            <th key={field}>{HEADS[field]}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...pairs, EMPTY].map((pair, row) => (
          <tr key={row}>
            {FIELDS.map((field) => (
              <td key={field}>
                <input
                  aria-label={`Held-out ${field} ${row + 1}`}
                  value={pair[field]}
                  onChange={(event) => set(row, field, event.target.value)}
                  spellCheck={false}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
