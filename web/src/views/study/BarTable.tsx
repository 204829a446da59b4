import type { Line } from "../../record/study";
import { measured, span } from "../../record/studyWords";

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
          {props.table.map(({ bar, median, isMet, controlLost }) => (
            <tr key={bar.what} data-met={isMet}>
              <td className="words">
                {bar.what}
                {bar.kind === "INSTRUMENT" && <span className="soft"> (instrument)</span>}
              </td>
              <td>{bar.paper === "" ? "–" : bar.paper}</td>
              <td title={`by seed: ${bar.ours.map(measured).join(", ")}`}>{measured(median)}</td>
              <td>{String(bar.goal)}</td>
              <td>{bar.control === null ? "–" : span(bar.control.values)}</td>
              <td className="words soft">{bar.control?.what ?? ""}</td>
              <td className="words">{isMet ? "met" : <b>{controlLost ? "missed" : "the control does not lose"}</b>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
