const WORDS: readonly (readonly [string, string])[] = [
  ["logit, margin, nats", "A logit is the score that the model gives a next token; the margin is the answer's less its rival's. Both are in nats: one nat more makes a token e = 2.7 times as probable against the others."],
  ["logit lens", "The final norm and the unembedding, applied to the residual stream in the middle: what could be read off there, not what is used."],
  ["residual stream", "The vector at each token that every head and MLP reads and adds to, from the embedding to the output."],
  ["contrast", "A prompt of as many tokens with another answer: what differs between the two runs is what is looked for."],
  ["recovered, restored", "The share of the margin between contrast and prompt that comes back when one value of the prompt is put into the contrast: 0 as on the contrast, 1 as on the prompt."],
  ["needed", "The share of the margin that is lost when one value of the contrast is put into the prompt."],
  ["control", "The same, with a random change as large in the same place. An effect counts as told from chance where it is larger than every control."],
  ["estimated", "From gradients, to first order: quick, and too small where something saturates. It is replaced as it is measured."],
  ["held-out prompts", "Prompts that had no part in finding a claim. Only they can say that it holds for more than one prompt."],
];

/** What the words of the lens mean, for who meets them for the first time. */
export function Glossary() {
  return (
    <details className="glossary">
      <summary>What the words mean</summary>
      <dl>
        {WORDS.map(([word, meaning]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
