import type { Answer, SweepRecord } from "../src/record/sweep";

/** The sweep, had it been of its first pair alone. */
export function onePair(record: SweepRecord): SweepRecord {
  return {
    ...record,
    pairs: record.pairs.slice(0, 1),
    extent: { ...record.extent, pairs: 1, independent: 1, rows: record.answers.length, carriedRows: record.answers.length, sure: 0, smallestP: 1 },
    answers: record.answers.map((answer) => {
      const { low: _low, high: _high, p: _p, ...of } = answer;
      return {
        ...of,
        pairs: 1,
        mean: answer.effect![0]!,
        value: answer.value!.slice(0, 1),
        effect: answer.effect!.slice(0, 1),
        recovered: answer.recovered!.slice(0, 1),
      };
    }),
  };
}

/** The sweep, had a pooled search found only its largest effect. */
export function pooled(record: SweepRecord): SweepRecord {
  const { low: _low, high: _high, p: _p, ...first } = record.answers[0]!;
  return {
    ...record,
    asked: { ...record.asked, pooled: 5 },
    answers: [first],
    searches: record.pairs.map((pair) => `pair ${pair.index}: 1 cause among 330 in 60 runs, 270 fewer than one for each.`),
    extent: { ...record.extent, questions: 1, rows: record.pairs.length, sure: 0, carriedRows: record.pairs.length },
  };
}

/** The residual stream at each of so many positions, of means alone: what a page has of a sweep that is very large. */
export function long(record: SweepRecord, length: number): SweepRecord {
  const of = record.answers.filter((answer) => answer.site === "resid_pre" && answer.role === "last");
  const answers = of.flatMap((answer) =>
    Array.from({ length }, (_, position): Answer => {
      const { role: _role, value: _value, effect: _effect, recovered: _recovered, ...rest } = answer;
      const share = (position + 1) / length;
      return { ...rest, text: `resid_pre[${answer.layer}]@${position}`, position, mean: answer.mean * share };
    }),
  );
  return {
    ...record,
    asked: { ...record.asked, sites: ["resid_pre"] },
    answers: answers.sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean)),
    pairs: record.pairs.map((pair) => {
      const tokens = Array.from({ length }, (_, pos) => pair.tokens[pos % pair.tokens.length]!);
      return { ...pair, tokens, contrast: tokens, roles: {} };
    }),
    extent: { ...record.extent, questions: answers.length, rows: answers.length * record.pairs.length, carriedRows: 0 },
  };
}
