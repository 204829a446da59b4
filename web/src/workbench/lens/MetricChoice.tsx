import type { MetricName } from "../../selection";
import type { AskedMetric } from "../../views/bench";

/** What is read off the run, where there is more than one thing to read; what is not known yet cannot be chosen. */
export function MetricChoice(props: { metrics: readonly AskedMetric[]; chosen: AskedMetric; choose: (name: MetricName) => void }) {
  if (props.metrics.length === 1) return null;
  return (
    <span className="choices" role="group" aria-label="What is measured">
      <span className="soft">measured on:</span>
      {props.metrics.map(({ name, words, metric }) => (
        <button
          key={name}
          aria-pressed={name === props.chosen.name}
          disabled={metric === null}
          title={metric === null ? "known once the explanation names the rival" : words}
          onClick={() => props.choose(name)}
        >
          {words}
        </button>
      ))}
    </span>
  );
}
