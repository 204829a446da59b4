import type { ReactNode } from "react";

/** Maps of prompts up to this many tokens fit side by side. */
export const BESIDE = 18;

/** A step of the story that is still to come, or that was given up before it came. */
export function Awaited(props: { no: number; title: string; isGoing: boolean }) {
  return (
    <Section
      no={props.no}
      title={props.title}
      told={<p className="soft">{props.isGoing ? "It is being measured." : "It was not measured."}</p>}
    >
      <div className="awaited" aria-hidden="true" />
    </Section>
  );
}

/** How far what a sheet shows was measured: only to first order until it is, or for good where the work was given up. */
export type Standing = "measured" | "estimated" | "only estimated";

/** One step of the story: what is told at the left, what is drawn at the right. */
export function Section(props: { no: number; title: string; told: ReactNode; standing?: Standing; estimate?: string; children: ReactNode }) {
  const standing = props.standing ?? "measured";
  return (
    <section aria-labelledby={`section-${props.no}`} data-standing={standing}>
      <div className="told">
        <h2 id={`section-${props.no}`}>
          <span className="no">Sheet {props.no}</span>
          {props.title}
        </h2>
        {standing !== "measured" && (
          <p className="estimated">
            {props.estimate ?? "Estimated, to first order, from gradients."}{" "}
            {standing === "estimated" ? "It is being measured; then this is replaced." : "It was not measured."}
          </p>
        )}
        {props.told}
      </div>
      <div className="drawn">{props.children}</div>
    </section>
  );
}
