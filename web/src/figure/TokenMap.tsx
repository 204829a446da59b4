import { useMemo } from "react";
import { cellAt, labelStep, level, LEVELS, levelPaths } from "../layout/levels";
import { component } from "../record/component";
import type { Token } from "../record/explanation";
import { short, visible } from "../record/words";
import { usePointing, type Reading } from "./pointing";
import { useCursor, type Cell } from "./useCursor";
import { useWidth } from "./useWidth";

const LEFT = 34;
const LABEL = 74;

/**
 * Layers upwards, positions across: a number for each place in the residual stream.
 *
 * @param values `[layer, pos]`
 * @param max the size at which colour is full
 * @param threshold a smaller size is not told from chance, and is drawn faint
 */
export function TokenMap(props: {
  label: string;
  values: readonly (readonly number[])[];
  max: number;
  threshold?: number;
  tokens: readonly Token[];
  read: (layer: number, pos: number) => Reading;
}) {
  const { values, max, threshold = 0, tokens } = props;
  const { selection, choose } = usePointing();
  const [box, width] = useWidth<HTMLDivElement>();
  const rows = values.length;
  const columns = tokens.length;
  const cell = {
    width: Math.max(3, Math.min(40, Math.floor(((width - LEFT - 24) / columns) * 10) / 10)),
    height: rows > 40 ? 7 : 11,
  };
  const wide = LEFT + columns * cell.width + 24;
  const high = rows * cell.height;
  const paths = useMemo(
    () => levelPaths(values, max, cell, threshold),
    [values, max, threshold, cell.width, cell.height],
  );
  const { cursor, handlers } = useCursor({
    rows,
    columns,
    find: (x, y) => cellAt(x - LEFT, y, cell, rows, columns),
    place: ({ row, column }) => ({ x: LEFT + (column + 0.5) * cell.width, y: high - (row + 0.5) * cell.height }),
    read: ({ row, column }) => props.read(row, column),
    choose: ({ row, column }) => choose({ layer: row, pos: column }),
  });
  const step = labelStep(columns, cell.width, 12);
  const rowStep = labelStep(rows, cell.height, 22);
  const outline = (where: Cell, className: string) => (
    <rect
      className={className}
      x={where.column * cell.width}
      y={high - (where.row + 1) * cell.height}
      width={cell.width}
      height={cell.height}
    />
  );
  const shown = cursor ?? (selection.layer !== null && selection.pos !== null ? { row: selection.layer, column: selection.pos } : null);
  return (
    <div className="scroll" ref={box}>
      <svg
        width={wide}
        height={high + LABEL}
        role="application"
        aria-label={`${props.label}; arrow keys move, Enter chooses`}
        tabIndex={0}
        data-figure={props.label}
        {...handlers}
      >
        <g transform={`translate(${LEFT} 0)`}>
          {paths.map((path) => (
            <path
              key={`${path.sign}${path.level}${path.faint}`}
              className={path.sign < 0 ? "minus" : "plus"}
              fillOpacity={(path.faint ? 0.3 : 1) * (path.level / LEVELS)}
              d={path.d}
            />
          ))}
          <rect className="hair" x={0} y={0.5} width={columns * cell.width} height={high - 1} />
          {selection.pos !== null && (
            <rect className="band" data-screen x={selection.pos * cell.width} y={0} width={cell.width} height={high} />
          )}
          {layerOf(selection) !== null && layerOf(selection)! < rows && (
            <rect
              className="band"
              data-screen
              x={0}
              y={high - (layerOf(selection)! + 1) * cell.height}
              width={columns * cell.width}
              height={cell.height}
            />
          )}
          {selection.layer !== null && selection.pos !== null && selection.layer < rows && outline({ row: selection.layer, column: selection.pos }, "chosen")}
          {cursor !== null && outline(cursor, "cursor")}
          {tokens.map((token, pos) =>
            pos % step === 0 || pos === shown?.column ? (
              <text
                key={pos}
                className={pos === shown?.column || pos === selection.pos ? "" : "soft"}
                fontWeight={pos === shown?.column || pos === selection.pos ? 600 : 400}
                opacity={shown !== null && pos !== shown.column && Math.abs(pos - shown.column) * cell.width < 12 ? 0 : 1}
                transform={`translate(${(pos + 0.5) * cell.width - 3} ${high + 8}) rotate(55)`}
              >
                {short(visible(token.text), 11)}
              </text>
            ) : null,
          )}
        </g>
        {values.map((_, row) =>
          row % rowStep === 0 ? (
            <text key={row} className="soft" x={LEFT - 6} y={high - (row + 0.5) * cell.height + 4} textAnchor="end">
              {row}
            </text>
          ) : null,
        )}
      </svg>
    </div>
  );
}

function layerOf(selection: { layer: number | null; component: string | null }): number | null {
  if (selection.layer !== null) return selection.layer;
  return selection.component === null ? null : component(selection.component).layer;
}

/** The scale of colour: from the most negative to the most positive that the figure shows. */
export function Scale(props: { max: number; signed: boolean; unit: string; format: (value: number) => string }) {
  const steps = Array.from({ length: props.signed ? 2 * 6 + 1 : 7 }, (_, i) => (props.signed ? (i - 6) / 6 : i / 6));
  return (
    <span className="mono soft" style={{ display: "inline-flex", gap: 6, alignItems: "center" }}>
      {props.format(props.signed ? -props.max : 0)}
      <svg width={steps.length * 9} height={9} aria-hidden="true">
        {steps.map((value, i) => (
          <rect
            key={i}
            x={i * 9}
            width={9}
            height={9}
            className={value < 0 ? "minus" : "plus"}
            fillOpacity={level(value, 1) / LEVELS}
          />
        ))}
        <rect className="hair" x={0.5} y={0.5} width={steps.length * 9 - 1} height={8} />
      </svg>
      {props.format(props.max)} {props.unit}
    </span>
  );
}
