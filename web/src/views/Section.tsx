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

/** One step of the story: what is told at the left, what is drawn at the right. */
export function Section(props: { no: number; title: string; told: ReactNode; children: ReactNode }) {
  return (
    <section aria-labelledby={`section-${props.no}`}>
      <div className="told">
        <h2 id={`section-${props.no}`}>
          <span className="no">Sheet {props.no}</span>
          {props.title}
        </h2>
        {props.told}
      </div>
      <div className="drawn">{props.children}</div>
    </section>
  );
}
