import { useMemo } from "react";
import { cellAt, labelStep, LEVELS, levelPaths } from "../layout/levels";
import type { Token } from "../record/explanation";
import { number, short, visible } from "../record/words";
import { usePointing } from "./pointing";
import { useCursor } from "./useCursor";
import { useWidth } from "./useWidth";

const LEFT = 88;
const LABEL = 70;

/**
 * An attention pattern: queries downwards, keys across.
 *
 * @param weights `[qPos, kPos]`
 */
export function PatternMap(props: { head: string; weights: readonly (readonly number[])[]; tokens: readonly Token[] }) {
  const { weights, tokens } = props;
  const { selection, choose } = usePointing();
  const [box, width] = useWidth<HTMLDivElement>();
  const length = weights.length;
  const side = Math.max(2, Math.min(22, Math.floor(((Math.min(width, 640) - LEFT - 20) / length) * 10) / 10));
  const cell = { width: side, height: side };
  const size = length * side;
  const upwards = useMemo(() => [...weights].reverse(), [weights]); // row 0 of a map is its lowest
  const paths = useMemo(() => levelPaths(upwards, 1, cell), [upwards, side]);
  const { cursor, drawing } = useCursor({
    label: `Attention of ${props.head}: from positions down to positions across`,
    rows: length,
    columns: length,
    find: (x, y) => cellAt(x - LEFT, y, cell, length, length),
    place: ({ row, column }) => ({ x: LEFT + (column + 0.5) * side, y: size - (row + 0.5) * side }),
    read: ({ row, column }) => {
      const query = length - 1 - row;
      if (column > query) return null;
      return {
        title: `${props.head}, from ${query} ${visible(tokens[query]!.text)}`,
        lines: [
          ["to", `${column} ${visible(tokens[column]!.text)}`],
          ["weight", number(upwards[row]![column]!)],
          ["control", "none: a reading, not an intervention"],
        ],
      };
    },
    choose: ({ row }) => choose({ component: props.head, pos: length - 1 - row }),
  });
  const step = labelStep(length, side, 12);
  const query = selection.pos ?? length - 1;
  return (
    <div className="scroll" ref={box}>
      <svg
        width={LEFT + size + 20}
        height={size + LABEL}
        data-figure="pattern"
        {...drawing}
      >
        <g transform={`translate(${LEFT} 0)`}>
          {paths.map((path) => (
            <path key={path.level} className="plus" fillOpacity={path.level / LEVELS} d={path.d} />
          ))}
          <path className="hair" d={`M0 0V${size}H${size}Z`} />
          <rect className="band" data-screen x={0} y={query * side} width={(query + 1) * side} height={side} />
          {cursor !== null && (
            <rect className="cursor" x={cursor.column * side} y={size - (cursor.row + 1) * side} width={side} height={side} />
          )}
          {tokens.map((token, pos) =>
            pos % step === 0 ? (
              <g key={pos}>
                <text className="soft" transform={`translate(${(pos + 0.5) * side - 3} ${size + 8}) rotate(55)`}>
                  {short(visible(token.text), 11)}
                </text>
                <text className="soft" x={-6} y={(pos + 0.5) * side + 4} textAnchor="end">
                  {short(visible(token.text), 11)}
                </text>
              </g>
            ) : null,
          )}
        </g>
      </svg>
    </div>
  );
}
