import { cellAt, level, LEVELS } from "../layout/levels";
import { component, headName, mlpName } from "../record/component";
import { usePointing, type Reading } from "./pointing";
import { useCursor, type Cell } from "./useCursor";
import { useWidth } from "./useWidth";

const LEFT = 34;

/**
 * Layers upwards, heads across and the MLP beside them: a number for each component.
 *
 * @param first the lowest of the layers
 * @param value of a component, or null where it has none (then it cannot be pointed at)
 * @param threshold a smaller size is faint
 * @param isFaint in place of the threshold
 * @param member whether it is outlined, as the circuit's components are
 * @param chosen the component that is marked, in place of the selection's own
 * @param onChoose what choosing a component does, in place of choosing it
 */
export function ComponentGrid(props: {
  label: string;
  first?: number;
  layers: number;
  heads: number;
  mlps: boolean;
  max: number;
  value: (component: string) => number | null;
  threshold?: number;
  isFaint?: (component: string) => boolean;
  member?: (component: string) => boolean;
  read: (component: string) => Reading;
  small?: boolean;
  chosen?: string | null;
  onChoose?: (component: string) => void;
}) {
  const { first = 0, layers, heads, mlps, threshold = 0 } = props;
  const { selection, choose } = usePointing();
  const chosen = props.chosen === undefined ? selection.component : props.chosen;
  const [box, width] = useWidth<HTMLDivElement>();
  const columns = heads + (mlps ? 1 : 0);
  const gap = mlps ? 8 : 0;
  const cell = {
    width: Math.max(6, Math.min(props.small === true ? 16 : 30, (width - LEFT - gap - 4) / columns)),
    height: layers > 40 || props.small === true ? 7 : 11,
  };
  const high = layers * cell.height;
  const name = (row: number, column: number) =>
    column === heads ? mlpName(first + row) : headName(first + row, column);
  const left = (column: number) => column * cell.width + (column === heads ? gap : 0);
  const { cursor, drawing } = useCursor({
    label: props.label,
    rows: layers,
    columns,
    find: (x, y) => {
      const along = x - LEFT;
      const inMlps = mlps && along >= heads * cell.width;
      return cellAt(inMlps ? along - gap : along, y, cell, layers, columns);
    },
    place: ({ row, column }) => ({ x: LEFT + left(column) + cell.width / 2, y: high - (row + 0.5) * cell.height }),
    read: ({ row, column }) => (props.value(name(row, column)) === null ? null : props.read(name(row, column))),
    choose: ({ row, column }) =>
      props.onChoose === undefined ? choose({ component: name(row, column) }) : props.onChoose(name(row, column)),
    chosen: cellOf(chosen, first, heads),
  });
  const rowStep = Math.ceil(22 / cell.height);
  const cells = [];
  for (let layer = 0; layer < layers; layer++) {
    for (let column = 0; column < columns; column++) {
      const component = name(layer, column);
      const value = props.value(component);
      const x = left(column);
      const y = high - (layer + 1) * cell.height;
      const strength = value === null ? 0 : level(value, props.max);
      const faint = props.isFaint?.(component) ?? Math.abs(value ?? 0) < threshold;
      if (strength > 0) {
        cells.push(
          <rect
            key={component}
            className={value! < 0 ? "minus" : "plus"}
            fillOpacity={(faint ? 0.3 : 1) * (strength / LEVELS)}
            x={x}
            y={y}
            width={cell.width}
            height={cell.height}
          />,
        );
      }
      if (props.member?.(component) === true) {
        cells.push(
          <rect key={`${component}m`} className="line" x={x + 1} y={y + 1} width={cell.width - 2} height={cell.height - 2} />,
        );
      }
      if (chosen === component || (cursor?.row === layer && cursor.column === column)) {
        cells.push(
          <rect
            key={`${component}c`}
            className={chosen === component ? "chosen" : "cursor"}
            x={x - 1}
            y={y - 1}
            width={cell.width + 2}
            height={cell.height + 2}
          />,
        );
      }
    }
  }
  return (
    <div className="scroll" ref={box}>
      <svg
        width={LEFT + left(columns - 1) + cell.width + 4}
        height={high + 20}
        data-figure={props.label}
        {...drawing}
      >
        <g transform={`translate(${LEFT} 0)`}>
          <rect className="hair" x={0} y={0.5} width={heads * cell.width} height={high - 1} />
          {mlps && <rect className="hair" x={left(heads)} y={0.5} width={cell.width} height={high - 1} />}
          {cells}
          {Array.from({ length: heads }, (_, head) =>
            head % Math.ceil(18 / cell.width) === 0 ? (
              <text key={head} className="soft" x={(head + 0.5) * cell.width} y={high + 14} textAnchor="middle">
                {head}
              </text>
            ) : null,
          )}
          {mlps && (
            <text className="soft" x={left(heads) + cell.width / 2} y={high + 14} textAnchor="middle">
              MLP
            </text>
          )}
        </g>
        {Array.from({ length: layers }, (_, layer) =>
          (first + layer) % rowStep === 0 ? (
            <text key={layer} className="soft" x={LEFT - 6} y={high - (layer + 0.5) * cell.height + 4} textAnchor="end">
              {first + layer}
            </text>
          ) : null,
        )}
      </svg>
    </div>
  );
}

/** Where a component stands; null for none. */
function cellOf(name: string | null, first: number, heads: number): Cell | null {
  if (name === null) return null;
  const { layer, head } = component(name);
  return { row: layer - first, column: head ?? heads };
}
