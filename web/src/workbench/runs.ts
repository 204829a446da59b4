/**
 * What every dialog that runs something says before it runs: the question again, with what it covers and what it does
 * not; how it is gone about; and what the answer is held to.
 */
export interface RunWords {
  /** The question, restated. */
  asks: string;
  covers: string;
  not: string;
  sites: string;
  data: string;
  controls: string;
  cost: string;
  /** What tells whether the run itself went well. */
  checks: string;
  /** What would speak against the answer. */
  counter: string;
}

export const RUNS = {
  explain: {
    asks: "Which parts of the model make it say this, and not what the contrast makes it say?",
    covers: "this prompt, one answer against one rival, and what changes it from the contrast",
    not: "other prompts, or what prompt and contrast have in common",
    sites: "the residual stream at each layer and position; every head and MLP",
    data: "the prompt and its contrast; one that is not given is made, and it is said how",
    controls: "random changes as large for the map and the effects; ten random sets as large as the circuit",
    cost: "the first numbers at once; the whole of 14 tokens took 16 seconds on two cores, and longer prompts take longer",
    checks: "direct parts add up to the margin; the circuit is run, and what it recovers is written beside what the rest does",
    counter: "controls as large as the effects, a random set that recovers as much, or no small circuit",
  },
  attention: {
    asks: "Where does each head look in this text?",
    covers: "this text, and the pattern of every head in it",
    not: "what a head does to the answer: take it away for that",
    sites: "the attention pattern of every head",
    data: "the text, up to 2,048 tokens",
    controls: "to look changes nothing; beside each kind of heads stands the bar that chance sets",
    cost: "a forward pass: of a thousand tokens ten seconds and more, told of as it goes",
    checks: "each part of a picture has the largest weight in it, so that a single bright place stays bright",
    counter: "a head that looks there, and without which the text's loss stays what it is",
  },
  intervene: {
    asks: "Does this value, at this place, on this prompt, carry the answer?",
    covers: "this prompt, this metric and this one edit",
    not: "other prompts, or several places at once: measure a claim on held-out prompts for those",
    sites: "the head, MLP, neuron or residual stream that is chosen",
    data: "the prompt, and its contrast where the edit patches or compares",
    controls: "random changes as large at the same place",
    cost: "a forward pass for the edit and one for each control",
    checks: "an edit that cannot reach the metric is refused; one that changed nothing has the effect 0",
    counter: "an effect no larger than the largest control is not told from chance",
  },
  steer: {
    asks: "Does this feature, removed, scaled or added, change what the model says?",
    covers: "this prompt, this dictionary and this dose",
    not: "that the feature means what its label says, or other doses",
    sites: "the dictionary's site, at every position",
    data: "the prompt that is typed",
    controls: "random directions, as large",
    cost: "a forward pass for the feature and one for each control",
    checks: "a feature that is not active on the prompt changes nothing when it is removed",
    counter: "an effect no larger than the largest control is not told from chance",
  },
  move: {
    asks: "Does the model read the number off this curve?",
    covers: "this prompt, this token and this fit",
    not: "numbers outside the range that was fitted, or other sites",
    sites: "the fit's site, at the chosen token",
    data: "the prompt, and the numbers that the curve was fitted to",
    controls: "the same move along the curve of shuffled numbers",
    cost: "two forward passes for each number that you stop at",
    checks: "R2 on numbers held out of the fit is written above the curve",
    counter: "the control changes the next token as much, or a number that was not fitted behaves otherwise",
  },
  change: {
    asks: "Does the model use what this probe reads?",
    covers: "this prompt, this token and this probe",
    not: "that the probe's words are the model's own, or other tokens",
    sites: "the probe's site, at the chosen token",
    data: "the prompt, and what the probe was trained on",
    controls: "a random change of the same length",
    cost: "a few forward passes for each click",
    checks: "the state is moved until the probe reads it otherwise; where it cannot be, the page says so",
    counter: "the random change moves the next token as much",
  },
  study: {
    asks: "Does the paper's claim hold at this scale?",
    covers: "the model, data and bars that the study states",
    not: "larger models, or what its notes say it did not show",
    sites: "as the method below says",
    data: "drawn from the seeds, or shipped with the study",
    controls: "one for each bar that has any, which must lose on every seed",
    cost: "a minute at most on two cores as it stands; more seeds and larger numbers take longer",
    checks: "instruments: a planted truth must be found, and a null must stay silent, else nothing counts",
    counter: "a bar that is missed is shown as missed, and the verdict is computed from the bars",
  },
  toys: {
    asks: "How many features does a small map store, by sparsity?",
    covers: "toys of this size, trained by these steps from this seed",
    not: "language models, or other losses",
    sites: "the toy's one weight matrix W",
    data: "features drawn from the seed, at twenty-one sparsities",
    controls: "a linear map, which stores as many features as it has dimensions",
    cost: "some ten seconds, once; then it is kept",
    checks: "where features are always there, no more than the dimensions are stored",
    counter: "another seed stores fewer: change it",
  },
  context: {
    asks: "Does the model take up a graph that is only in its context?",
    covers: "this graph, these words, and the layers of this model",
    not: "that behaviour follows from the geometry",
    sites: "the residual stream after each block, at the last words",
    data: "random walks on the graph, drawn from the seed",
    controls: "the same walks out of order, and words that change places",
    cost: "about half a minute for the usual lengths",
    checks: "the energy is measured without the echo of the word before, too",
    counter: "walks out of order have as low an energy",
  },
  signs: {
    asks: "What does a layer compute, as far as the signs of its weights tell?",
    covers: "one layer's MLP, from its weights",
    not: "what happens on any input: nothing is run",
    sites: "the weights that are chosen",
    data: "none beyond the weights",
    controls: "matrices with the same margins, as many as there are permutations",
    cost: "about a second a permutation",
    checks: "with no permutations nothing is told from chance, and the page says so",
    counter: "p above 0.05: groups and roles may be chance",
  },
  score: {
    asks: "What does a scorer say of each row of the table?",
    covers: "the rows of this table, and this scorer",
    not: "why it says so, or rows that are not there",
    sites: "the whole net; or the model's next token, with edits where they are given",
    data: "the table; a small net learns from a part of it",
    controls: "a second scorer, with edits, beside the first; rows changed one column at a time",
    cost: "a forward pass for each row, or a small training",
    checks: "where the true column is known, errors are counted by group",
    counter: "the nearest row that is told otherwise is shown for each row",
  },
  point: {
    asks: "What does the scorer say of this row with other values, and which row most like it is predicted otherwise?",
    covers: "this row, the values that are typed, and the rows of this table",
    not: "why the scorer says so, or what could change in the world: columns need not move alone",
    sites: "the row's columns; one that the scorer is not given moves no score",
    data: "the scores and thresholds of all rows, and the distance that is chosen",
    controls: "the row as it was, beside; each model's own score and nearest row; the mean of 30 rows beside its curve",
    cost: "one run of each scorer on the changed values; none for the row as it is",
    checks: "a value that its column cannot hold is refused; the distance to the nearest row and what differs are written below",
    counter: "the mean of the rows does not move with the column, or the nearest row is far away",
  },
  pages: {
    asks: "Where does each feature of a dictionary fire in this text?",
    covers: "this text and this dictionary",
    not: "texts of another kind: make pages of two for that",
    sites: "the dictionary's site",
    data: "the text, the first 200,000 characters of it",
    controls: "the illusion score beside that of shuffled corpora, once there are two texts",
    cost: "some minutes for 50,000 tokens; it goes on when the page is closed",
    checks: "examples from all strengths are shown, not only the strongest",
    counter: "a feature that looks clear on one text only has a high illusion score",
  },
  heldOut: {
    asks: "Does the claim hold on prompts that it was not found on?",
    covers: "the prompts that are written here",
    not: "prompts of another make",
    sites: "those of the claim",
    data: "the held-out pairs",
    controls: "the claim's control, on the same prompts",
    cost: "a forward pass for each prompt, and one for each of its controls",
    checks: "an interval over prompts, for effect and control",
    counter: "the intervals of effect and control meet, or the effect has the other sign",
  },
  joint: {
    asks: "How do the queries and keys of each head lie to each other on this text?",
    covers: "these sentences, each read by itself",
    not: "what a head does to the answer: ablate it for that",
    sites: "queries and keys of every head",
    data: "the sentences, up to 10,000 tokens",
    controls: "the same map without the scaling, as a correlation beside it",
    cost: "some seconds for a thousand tokens",
    checks: "how well distance on the map tells the attention score is written below it",
    counter: "a low correlation: the map then says little of the head",
  },
} as const satisfies Record<string, RunWords>;

export type Run = keyof typeof RUNS;
