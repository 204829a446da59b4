import type { ReactNode } from "react";
import { configuration } from "./configuration";
import { RUNS, type Run, type RunWords } from "./runs";

const PROCESS = ["sites", "data", "controls", "cost"] as const;

/**
 * What a dialog says before it runs: the question with what it covers and what it does not, the process, which the
 * fields of the dialog change, and what the answer is held to. The configuration's name changes with the process.
 *
 * @param asked what is sent to the server, as it stands now; null where something is still missing; then it has no name
 * @param sites, data, controls, cost said of this run, in place of what is said of all of its kind
 */
export function Brief(props: { run: Run; asked: unknown; children?: ReactNode } & Partial<Pick<RunWords, (typeof PROCESS)[number] | "asks">>) {
  const words: RunWords = { ...RUNS[props.run], ...said(props) };
  return (
    <details className="brief" data-run={props.run}>
      <summary>
        {words.asks}{" "}
        {props.asked !== null && (
          <span className="soft">
            configuration <code data-configuration>{configuration(props.asked)}</code>
          </span>
        )}
      </summary>
      <dl data-part="spec">
        <dt>covers</dt>
        <dd>{words.covers}</dd>
        <dt>does not cover</dt>
        <dd>{words.not}</dd>
      </dl>
      <dl data-part="process">
        {PROCESS.map((name) => (
          <Line key={name} name={name} text={words[name]} />
        ))}
        {props.children !== undefined && <dd className="fields">{props.children}</dd>}
      </dl>
      <dl data-part="evaluation">
        <dt>checks</dt>
        <dd>{words.checks}</dd>
        <dt>must lose</dt>
        <dd>{words.controls}</dd>
        <dt>would speak against it</dt>
        <dd>{words.counter}</dd>
      </dl>
    </details>
  );
}

function Line({ name, text }: { name: string; text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </>
  );
}

function said(props: Partial<RunWords>): Partial<RunWords> {
  return Object.fromEntries([...PROCESS, "asks" as const].flatMap((name) => (props[name] === undefined ? [] : [[name, props[name]]])));
}
