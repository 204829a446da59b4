import { useState } from "react";
import type { TokenSaliency } from "../../record/routes";
import { number, signed, visible } from "../../record/words";
import { ask } from "../client";
import { TokenEditor } from "../lens/TokenEditor";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";

/** The prompt of a datapoint, token by token: what each is worth, and what another one there would change. */
export function TokensPanel(props: { jobs: readonly string[]; prompt: string; names: readonly string[] }) {
  const { jobs, prompt, names } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const [pos, setPos] = useState<number | null>(null);
  const [leaveOut, setLeaveOut] = useState(false);
  const text = typed ?? prompt;
  const asking = (key: string) => (signal: AbortSignal) => ask("POST /api/whatif/tokens", JSON.parse(key) as { job: string; prompt: string; leaveOut: boolean }, {}, signal);
  const keyOf = (job: string | undefined, of: string, out: boolean) => (job === undefined ? null : JSON.stringify({ job, prompt: of, leaveOut: out }));
  const keys = [keyOf(jobs[0], text, leaveOut), keyOf(jobs[1], text, leaveOut), keyOf(jobs[0], prompt, false), keyOf(jobs[1], prompt, false)];
  const first = useAnswer(keys[0]!, asking(keys[0] ?? ""));
  const second = useAnswer(keys[1]!, asking(keys[1] ?? ""));
  const firstWas = useAnswer(typed === null ? null : keys[2]!, asking(keys[2] ?? ""));
  const secondWas = useAnswer(typed === null ? null : keys[3]!, asking(keys[3] ?? ""));
  const shown = [first, second].flatMap((answer, i) => {
    const found = answer.state === "here" ? answer.value : answer.state === "asked" ? answer.before : null;
    const before = [firstWas, secondWas][i]!;
    return found === null || jobs[i] === undefined ? [] : [{ found, name: names[i] ?? "", before: before.state === "here" ? before.value : null }];
  });
  const tokens = shown[0]?.found.tokens ?? [];
  return (
    <div className="prompt-tokens">
      <h3>Its prompt, token by token</h3>
      {[first, second].map((answer, i) => answer.state === "failed" && <Failed key={i} message={answer.message} again={answer.again} />)}
      {shown.length === 0 && first.state === "asked" && <Waiting words="The prompt is run." />}
      {shown.map(({ found, name, before }) => (
        <Saliency key={name} found={found} name={name} before={before} pos={pos} choose={setPos} />
      ))}
      {shown.length > 0 && (
        <div className="row">
          <TokenEditor
            tokens={tokens}
            text={shown[0]!.found.prompt}
            pos={pos}
            onEdit={(next) => {
              setTyped(next);
            }}
          />
          <button type="button" disabled={typed === null} onClick={() => setTyped(null)}>
            the row&apos;s own prompt
          </button>
          <button type="button" className="measure" aria-pressed={leaveOut} disabled={leaveOut} onClick={() => setLeaveOut(true)}>
            leave each out in turn
          </button>
          {leaveOut && (first.state === "asked" || second.state === "asked") && <span className="soft">It runs without each token.</span>}
        </div>
      )}
      <p className="soft">Warm: for 1; cold: for 0. Choose a token to type another in its place.</p>
    </div>
  );
}

function Saliency(props: { found: TokenSaliency; name: string; before: TokenSaliency | null; pos: number | null; choose: (pos: number) => void }) {
  const { found, name, before, pos } = props;
  const measured = found.leftOut.length === 0 ? null : found.leftOut;
  const estimated = found.gradient.length === 0 ? null : found.gradient;
  const worth = measured ?? estimated;
  const most = Math.max(1e-9, ...(worth ?? []).map(Math.abs));
  const chosen = pos === null ? undefined : found.tokens[pos];
  return (
    <div data-saliency={measured === null ? "estimated" : "measured"} data-margin={found.margin} data-prompt={found.prompt}>
      <p>
        {name !== "" && <>{name}: </>}
        score <strong className="number">{number(found.score)}</strong>, margin {signed(found.margin, 3)} nats
        {before !== null && (
          <>
            {" "}
            (<span data-moved={found.margin - before.margin}>{signed(found.margin - before.margin, 3)}</span> by the edit)
          </>
        )}
        {found.options.map((option) => (
          <span key={option.text}>
            ; {visible(option.text)} logit {number(option.logit, 2)}, p {number(option.probability)}
          </span>
        ))}
        .
      </p>
      <ul className="tokens" aria-label={`${name} tokens`}>
        {found.tokens.map((token) => {
          const value = worth?.[token.pos];
          const words = value === undefined ? "not known" : `${signed(value, 3)} nats`;
          return (
            <li key={token.pos}>
              <button
                type="button"
                aria-pressed={token.pos === pos}
                aria-label={`position ${token.pos}, ${visible(token.text)}, ${words}`}
                title={words}
                data-worth={value}
                style={value === undefined || token.pos === pos ? undefined : { background: `color-mix(in srgb, var(${value < 0 ? "--minus" : "--plus"}) ${Math.round((55 * Math.abs(value)) / most)}%, transparent)` }}
                onClick={() => props.choose(token.pos)}
              >
                {visible(token.text)}
              </button>
            </li>
          );
        })}
      </ul>
      {measured === null && (
        <p className="estimated">{estimated === null ? "A probe reads it: leave tokens out to see what they are worth." : "Estimated, to first order: the margin's gradient times each token's embedding."}</p>
      )}
      {measured !== null && <p className="soft">Measured: the margin, less that of the prompt without the token.</p>}
      {chosen !== undefined && worth !== null && (
        <p className="soft" data-token={chosen.pos}>
          {visible(chosen.text)}: {estimated !== null && <>gradient × embedding {signed(estimated[chosen.pos] ?? 0, 3)}</>}
          {estimated !== null && measured !== null && ", "}
          {measured !== null && <>left out {signed(measured[chosen.pos] ?? 0, 3)}</>} nats
        </p>
      )}
    </div>
  );
}
