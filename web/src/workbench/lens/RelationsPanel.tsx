import { useState } from "react";
import type { Token } from "../../record/explanation";
import type { RelationsRead } from "../../record/routes";
import { number, visible } from "../../record/words";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";

/** What each stored relation reads at the chosen token, were it the relation's subject (attribute lens); asked once it is opened. */
export function RelationsPanel(props: { model: string; prompt: string; tokens: readonly Token[]; pos: number | null }) {
  const { model, prompt, pos } = props;
  const [isOpen, setOpen] = useState(false);
  const token = pos === null ? undefined : props.tokens[pos];
  const position = isOpen && token !== undefined ? token.pos : null;
  const read = useAnswer(position === null ? null : JSON.stringify([model, prompt, position]), (signal) =>
    ask("POST /api/relations", { model, prompt, position: position ?? 0 }, {}, signal),
  );
  if (token === undefined) return null;
  return (
    <details className="relations" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What stored relations read at {visible(token.text)}</summary>
      {read.state === "asked" && <Waiting words="Relations read the token." />}
      {read.state === "failed" && <Failed message={read.message} again={read.again} />}
      {read.state === "here" && <Objects read={read.value} />}
    </details>
  );
}

function Objects({ read }: { read: RelationsRead }) {
  return (
    <>
      {read.relations.length === 0 ? (
        <p className="soft">No relation is kept for this model. One is read here after: cutaway relation fit FACTS --out {read.folder}/NAME.safetensors</p>
      ) : (
        <>
          <div className="scroll" tabIndex={0} role="region" aria-label="Relations at the token">
            <table>
              <thead>
                <tr>
                  <th scope="col">relation</th>
                  <th scope="col">after block</th>
                  <th scope="col">faithful</th>
                  <th scope="col">the likeliest objects</th>
                </tr>
              </thead>
              <tbody>
                {read.relations.map(({ relation, layer, faithfulness, objects }, i) => (
                  <tr key={i}>
                    <th scope="row">{relation}</th>
                    <td>{layer}</td>
                    <td>{number(faithfulness, 2)}</td>
                    <td>{objects.map((object) => `${visible(object.token)} ${number(object.probability, 2)}`).join(", ")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className="soft">
            Faithful: on what share of the facts held out the relation gives the model's token. What it says of tokens that are no subjects means nothing.
          </p>
        </>
      )}
      {read.leftOut.map((why) => (
        <p className="soft" key={why}>
          Left out: {why}
        </p>
      ))}
    </>
  );
}
