import { useEffect, useState, type FormEvent } from "react";
import type { MachineLabel, PersonLabel } from "../../record/routes";
import { visible } from "../../record/words";
import { ask } from "../client";
import { Failed } from "../states";

/** What a machine says: dashed, in the machine's letters, with how it was made; else the tokens that the feature raises. */
export function Machine(props: { label: MachineLabel; long?: boolean }) {
  const { label } = props;
  if (!label.explained) {
    return (
      <span className="soft" title={label.from}>
        {label.raised.length === 0 ? "nothing is said of it" : <>raises <Raised tokens={label.raised} /></>}
      </span>
    );
  }
  return (
    <span className="by-machine" title={`by machine: ${label.from}`}>
      <span className="who">machine</span> {visible(label.text)}
      {props.long === true && <span className="soft"> ({label.from})</span>}
    </span>
  );
}

/** Tokens, each in a frame of its own: a mark between them would be taken for one of theirs. */
function Raised(props: { tokens: readonly string[] }) {
  return (
    <span className="written-tokens">
      {props.tokens.map((token, i) => (
        <code key={i}>{visible(token)}</code>
      ))}
    </span>
  );
}

/** What a person says. */
export function Person(props: { text: string }) {
  return (
    <span className="by-person">
      <span className="who">person</span> {props.text}
    </span>
  );
}

/** What a person calls the feature, to be written over; it stays with the workbench's folder. */
export function LabelForm(props: { dictionary: string; feature: number; person: PersonLabel | null }) {
  const { dictionary, feature } = props;
  const [kept, setKept] = useState(props.person?.text ?? "");
  const [typed, setTyped] = useState(kept);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    setKept(props.person?.text ?? "");
    setTyped(props.person?.text ?? "");
  }, [props.person, feature, dictionary]);
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    ask("POST /api/features/label", { dictionary, feature, text: typed }).then(
      ({ person }) => {
        setKept(person?.text ?? "");
        setTyped(person?.text ?? "");
        setProblem(null);
      },
      (failure: unknown) => setProblem(failure instanceof Error ? failure.message : String(failure)),
    );
  };
  return (
    <>
      <form className="row label-form" onSubmit={save}>
        {kept !== "" && <Person text={kept} />}
        <input
          aria-label={`Your label of feature ${feature}`}
          value={typed}
          maxLength={300}
          placeholder="what would you call it?"
          onChange={(event) => setTyped(event.target.value)}
        />
        <button type="submit" disabled={typed.trim() === kept}>
          {kept !== "" && typed.trim() === "" ? "take your label away" : "keep as your label"}
        </button>
      </form>
      {problem !== null && <Failed message={problem} again={() => save()} />}
    </>
  );
}
