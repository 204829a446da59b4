import { axis } from "../layout/axis";
import { number, short } from "../record/words";
import { usePointing, type Reading } from "./pointing";
import { useCursor } from "./useCursor";
import { useWidth } from "./useWidth";

/** A row: a number, with what says how sure it is. */
export interface Ranked {
  id: string;
  label: string;
  /** Null where it has none: then nothing is drawn. */
  value: number | null;
  low?: number | undefined;
  high?: number | undefined;
  /** What single pairs say. */
  dots: readonly { pair: number; effect: number }[];
  /** A number to set it against, drawn hollow. */
  other?: number | undefined;
}

const ROW = 19;
const LETTER = 6.65;

/**
 * Rows from the first at the top: a mark, its interval as a line, and what single pairs say as small rings; a bar where
 * nothing says how sure a number is.
 *
 * @param unit of the numbers, under the axis
 * @param pair whose ring is filled; null for none
 * @param chosen the row that is marked
 */
export function RankedFigure(props: {
  label: string;
  rows: readonly Ranked[];
  unit: string;
  pair: number | null;
  chosen: string | null;
  read: (id: string) => Reading;
  onChoose: (id: string) => void;
}) {
  const { rows, pair } = props;
  const { point } = usePointing();
  const [box, width] = useWidth<HTMLDivElement>();
  const letters = Math.min(
    Math.max(4, ...rows.map((row) => [...row.label].length)),
    Math.floor((Math.min(width, 720) * 0.46) / LETTER),
  );
  const left = Math.ceil(letters * LETTER) + 10;
  const wide = Math.max(left + 120, Math.min(width, 720));
  const across = wide - left - 16;
  const high = rows.length * ROW;
  const scale = axis(
    rows.flatMap((row) => [
      ...[row.value, row.low, row.high, row.other].filter((value) => typeof value === "number"),
      ...row.dots.map((dot) => dot.effect),
    ]),
    across,
  );
  const y = (row: number) => (row + 0.5) * ROW;
  const { cursor, drawing } = useCursor({
    label: props.label,
    rows: rows.length,
    columns: 1,
    find: (x, at) => {
      const row = Math.floor(at / ROW);
      return x >= 0 && x <= wide && row >= 0 && row < rows.length ? { row: rows.length - 1 - row, column: 0 } : null;
    },
    place: ({ row }) => ({ x: left + across / 2, y: y(rows.length - 1 - row) }),
    read: ({ row }) => props.read(rows[rows.length - 1 - row]!.id),
    choose: ({ row }) => {
      props.onChoose(rows[rows.length - 1 - row]!.id);
      point(null);
    },
  });
  return (
    <div className="scroll" ref={box}>
      <svg
        width={wide}
        height={high + 40}
        data-figure={props.label}
        {...drawing}
      >
        {rows.map((row, i) =>
          row.id === props.chosen || (cursor !== null && rows.length - 1 - cursor.row === i) ? (
            <rect key={row.id} className="band" data-screen x={0} y={i * ROW} width={wide} height={ROW} />
          ) : null,
        )}
        <g transform={`translate(${left} 0)`}>
          {scale.ticks.map((tick) => (
            <g key={tick}>
              <path className={tick === 0 ? "zero" : "hair"} d={`M${scale.x(tick)} 0V${high}`} />
              <text className="soft" x={scale.x(tick)} y={high + 14} textAnchor="middle">
                {number(tick, scale.digits)}
              </text>
            </g>
          ))}
          <text className="soft" x={across} y={high + 32} textAnchor="end">
            {props.unit} →
          </text>
          {rows.map((row, i) => (
            <g key={row.id} data-row={row.id}>
              {row.dots.map((dot) => (
                <circle
                  key={dot.pair}
                  className={dot.pair === pair ? "dot own" : "dot"}
                  cx={scale.x(dot.effect)}
                  cy={y(i)}
                  r={dot.pair === pair ? 4 : 2.5}
                />
              ))}
              {row.low !== undefined && row.high !== undefined && (
                <path className="interval" d={`M${scale.x(row.low)} ${y(i)}H${scale.x(row.high)}`} />
              )}
              {row.other !== undefined && (
                <path className="line" d={diamond(scale.x(row.other), y(i), 4)} />
              )}
              {row.value !== null && row.low === undefined && row.dots.length === 0 && (
                <rect
                  className={row.value < 0 ? "minus" : "plus"}
                  x={Math.min(scale.x(0), scale.x(row.value))}
                  y={y(i) - 5}
                  width={Math.abs(scale.x(row.value) - scale.x(0))}
                  height={10}
                />
              )}
              {row.value !== null && (row.low !== undefined || row.dots.length > 0) && (
                <path className={row.value < 0 ? "minus" : row.value > 0 ? "plus" : "nothing"} d={diamond(scale.x(row.value), y(i), 5)} />
              )}
            </g>
          ))}
        </g>
        {rows.map((row, i) => (
          <text
            key={row.id}
            x={left - 10}
            y={y(i) + 4}
            textAnchor="end"
            fontWeight={row.id === props.chosen ? 600 : 400}
          >
            {short(row.label, letters)}
          </text>
        ))}
      </svg>
    </div>
  );
}

function diamond(x: number, y: number, size: number): string {
  return `M${x - size} ${y}L${x} ${y - size}L${x + size} ${y}L${x} ${y + size}Z`;
}
