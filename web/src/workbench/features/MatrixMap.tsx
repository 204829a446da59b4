import { Figure } from "../../figure/Figure";
import { NO_LIMITS, PointingProvider } from "../../figure/pointing";
import { Scale } from "../../figure/TokenMap";
import { useCursor, type Cell } from "../../figure/useCursor";
import type { Table } from "../../record/tables";
import { number, short, visible } from "../../record/words";
import { shade } from "./together";

const CELL = 18;
const LABEL = 48;
/** Rows of features, columns of features or tokens, a cell as dark as its number is large. */
export function MatrixMap(props: {
  name: string;
  title: string;
  caption: string;
  rows: readonly number[];
  columns: readonly string[];
  values: readonly (readonly number[])[];
  unit: string;
  digits: number;
  choose: (feature: number) => void;
}) {
  return (
    <PointingProvider limits={NO_LIMITS}>
      <Figure
        name={props.name}
        title={props.title}
        caption={
          <>
            {props.caption} <Scale max={mostOf(props.values)} signed={props.values.flat().some((value) => value < 0)} unit={props.unit} format={(value) => number(value, 2)} />
          </>
        }
        data={() => table(props)}
      >
        <Cells {...props} />
      </Figure>
    </PointingProvider>
  );
}

function mostOf(values: readonly (readonly number[])[]): number {
  return Math.max(0, ...values.flat().map(Math.abs));
}

function table({ rows, columns, values, unit }: Parameters<typeof MatrixMap>[0]): Table {
  return {
    columns: ["feature", "with", unit],
    rows: rows.flatMap((feature, row) => columns.map((column, at) => [feature, column, values[row]?.[at] ?? 0])),
  };
}

function Cells(props: Parameters<typeof MatrixMap>[0]) {
  const { rows, columns, values } = props;
  const most = mostOf(values);
  const high = Math.max(...columns.map((label) => Math.min(12, [...label].length))) * 6.7 + 12;
  const y = (row: number) => high + (rows.length - 1 - row) * CELL; // row 0 is at the bottom
  const at = (cell: Cell) => values[rows.length - 1 - cell.row]?.[cell.column] ?? 0;
  const feature = (cell: Cell) => rows[rows.length - 1 - cell.row]!;
  const { cursor, drawing } = useCursor({
    label: props.title,
    rows: rows.length,
    columns: columns.length,
    find: (x, top) => {
      const column = Math.floor((x - LABEL) / CELL);
      const line = Math.floor((top - high) / CELL);
      return column < 0 || line < 0 || column >= columns.length || line >= rows.length
        ? null
        : { row: rows.length - 1 - line, column };
    },
    place: (cell) => ({ x: LABEL + (cell.column + 0.5) * CELL, y: y(cell.row) + CELL / 2 }),
    read: (cell) => ({
      title: `feature ${feature(cell)}`,
      lines: [
        ["with", columns[cell.column] ?? ""],
        [props.unit, number(at(cell), props.digits)],
      ],
    }),
    choose: (cell) => props.choose(feature(cell)),
  });
  return (
    <div className="scroll">
      <svg {...drawing} data-figure={props.name} width={LABEL + columns.length * CELL + 60} height={high + rows.length * CELL + 1}>
        {columns.map((label, i) => (
          <text key={i} className="soft" transform={`translate(${LABEL + (i + 0.7) * CELL} ${high - 5}) rotate(-60)`}>
            {short(visible(label), 12)}
          </text>
        ))}
        {rows.map((row, i) => (
          <g key={row}>
            <text x={LABEL - 6} y={high + i * CELL + 13} textAnchor="end">
              {row}
            </text>
            {columns.map((_, j) => {
              const value = values[i]?.[j] ?? 0;
              return (
                <rect
                  key={j}
                  className={value < 0 ? "minus" : "plus"}
                  fillOpacity={shade(value, most)}
                  stroke="var(--faint)"
                  x={LABEL + j * CELL + 0.5}
                  y={high + i * CELL + 0.5}
                  width={CELL - 1}
                  height={CELL - 1}
                />
              );
            })}
          </g>
        ))}
        {cursor !== null && (
          <rect className="cursor" x={LABEL + cursor.column * CELL} y={y(cursor.row)} width={CELL} height={CELL} />
        )}
      </svg>
    </div>
  );
}
