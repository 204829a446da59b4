import type { BarInterval, Line } from "../../record/study";
import { drawnAnew, intervalOf, measured, median } from "../../record/studyWords";

/** The bars of a study: paper, ours, control, goal, and whether each is met. */
export function BarTable(props: { table: readonly Line[] }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="The bars">
      <table>
        <thead>
          <tr>
            <th className="words">what</th>
            <th>paper</th>
            <th>ours</th>
            <th>goal</th>
            <th>control</th>
            <th className="words">which is</th>
            <th className="words">bar</th>
          </tr>
        </thead>
        <tbody>
          {props.table.map(({ bar, isMet, controlLost }) => (
            <tr key={bar.what} data-met={isMet}>
              <td className="words">
                {bar.what}
                {bar.kind === "INSTRUMENT" && <span className="soft"> (instrument)</span>}
              </td>
              <td>{bar.paper === "" ? "–" : bar.paper}</td>
              <Measured values={bar.ours} interval={bar.interval} />
              <td className="whole">{String(bar.goal)}</td>
              {bar.control === null ? <td>–</td> : <Measured values={bar.control.values} interval={bar.control.interval} />}
              <td className="words soft">{bar.control?.what ?? ""}</td>
              <td className="words">{isMet ? "met" : <b>{controlLost ? "missed" : "the control does not lose"}</b>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The median over seeds, below it the interval where there is one. */
function Measured(props: { values: readonly number[]; interval?: BarInterval | null }) {
  const interval = intervalOf(props);
  return (
    <td title={`by seed: ${props.values.map(measured).join(", ")}`}>
      {measured(median(props.values))}
      {interval !== "" && (
        <span className="soft interval" title={`95 % interval over ${drawnAnew(props)}`}>
          {interval}
        </span>
      )}
    </td>
  );
}
