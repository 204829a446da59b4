import { useMemo, useState } from "react";
import { Figure } from "../figure/Figure";
import { PatternMap } from "../figure/PatternMap";
import { usePointing } from "../figure/pointing";
import { dense, kindsOf, seenFrom } from "../record/heads";
import type { Patterns } from "../record/explanation";
import { largest, type Facts } from "../record/facts";
import { number, visible } from "../record/words";
import { Section, type Standing } from "./Section";

/** Where the heads that matter look, on this prompt. */
export function PatternsSection(props: { facts: Facts; patterns: Patterns; standing: Standing }) {
  const { record, effects } = props.facts;
  const { patterns } = props;
  const { prompt } = record;
  const { selection, choose } = usePointing();
  const strongest = useMemo(() => {
    const most = largest(patterns.heads.map((pattern) => effects.get(pattern.head)?.ablation ?? 0));
    return patterns.heads.find((pattern) => Math.abs(effects.get(pattern.head)?.ablation ?? 0) === most);
  }, [patterns, effects]);
  const [kept, keep] = useState<string | null>(null);
  const named = (head: string | null) => patterns.heads.find((one) => one.head === head);
  const pattern = named(selection.component) ?? named(kept) ?? strongest;
  const weights = useMemo(() => (pattern === undefined ? [] : dense(pattern)), [pattern]);
  if (pattern === undefined) return null;
  const query = selection.pos ?? prompt.tokens.length - 1;
  const seen = seenFrom(pattern, query, 0);
  const kinds = kindsOf(record.kinds, pattern.head).map((kind) => kind.name);
  return (
    <Section
      no={6}
      title="Where they look"
      standing={props.standing}
      estimate="The patterns are this run's; which heads matter is estimated, to first order, from gradients."
      told={
        <>
          <p>
            Attention patterns, on this prompt, of the heads in the circuit and of the strongest others. Weights below{" "}
            {number(patterns.floor, 2)} are left out.
          </p>
          <p>
            Choose a token to read from its position; without a choice it is the last one.
          </p>
          <p className="soft">
            To look is not to use: what a head does is measured above, by removing it.
          </p>
        </>
      }
    >
      <div className="choices" role="group" aria-label="Heads">
        {patterns.heads.map((one) => (
          <button
            key={one.head}
            aria-pressed={one === pattern}
            onClick={() => {
              keep(one.head);
              if (selection.component !== one.head) choose({ component: one.head, pos: selection.pos });
            }}
          >
            {one.head}
          </button>
        ))}
      </div>
      <p style={{ fontSize: "var(--t2)", margin: "12px 0 6px" }}>
        <b>{pattern.head}</b>
        {kinds.length > 0 && <span className="soft"> ({kinds.join(", ")})</span>} from {query}{" "}
        <code>{visible(prompt.tokens[query]!.text)}</code>:{" "}
        {seen
          .slice(0, 3)
          .map(({ pos, weight }) => `${pos} ${visible(prompt.tokens[pos]!.text)} ${number(weight, 2)}`)
          .join(", ")}
      </p>
      <ul className="tokens shaded">
        {prompt.tokens.map((token) => {
          const weight = weights[query]?.[token.pos] ?? 0;
          return (
            <li key={token.pos}>
              <button
                aria-pressed={token.pos === query}
                aria-label={`position ${token.pos}, ${visible(token.text)}, weight ${number(weight)}`}
                title={`position ${token.pos}: weight ${number(weight)}`}
                style={{ boxShadow: `inset 0 ${-Math.round(weight * 14)}px 0 color-mix(in srgb, var(--plus) 55%, transparent)` }}
                onClick={() => choose({ component: selection.component, pos: token.pos })}
              >
                {visible(token.text)}
              </button>
            </li>
          );
        })}
      </ul>
      <Figure
        name="pattern"
        title={`Attention of ${pattern.head}`}
        caption="from each position (down) to those before it (across)"
        data={() => ({
          columns: ["query", "key", "weight"],
          rows: pattern.keys.flatMap((keys, pos) => keys.map((key, i) => [pos, key, pattern.weights[pos]![i]!])),
        })}
      >
        <PatternMap head={pattern.head} weights={weights} tokens={prompt.tokens} />
      </Figure>
    </Section>
  );
}
