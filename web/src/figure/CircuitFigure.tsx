import { line, curveBumpX } from "d3-shape";
import { useMemo } from "react";
import { drawCircuit } from "../layout/circuit";
import type { Member, Token } from "../record/explanation";
import { percent, short, visible } from "../record/words";
import { usePointing, type Reading } from "./pointing";
import { useWidth } from "./useWidth";

const LEFT = 34;
const LABEL = 74;

/** The members of a circuit where they are needed: layers upwards, positions across; heads round, MLPs square. */
export function CircuitFigure(props: {
  members: readonly Member[];
  layers: number;
  tokens: readonly Token[];
  least: number;
  attention: (component: string, pos: number) => readonly { pos: number; weight: number }[];
  read: (component: string, pos: number) => Reading;
}) {
  const { members, layers, tokens, least, attention } = props;
  const { selection, choose, point } = usePointing();
  const [box, width] = useWidth<HTMLDivElement>();
  const drawing = useMemo(
    () =>
      drawCircuit({
        members,
        layers,
        positions: tokens.length,
        width: width - LEFT - 30,
        rowHeight: layers > 40 ? 10 : 15,
        least,
        attention,
      }),
    [members, layers, tokens, width, least, attention],
  );
  const bend = line<[number, number]>().curve(curveBumpX);
  const faded = (component: string) => selection.component !== null && selection.component !== component;
  return (
    <div className="scroll" ref={box}>
      <svg width={LEFT + drawing.width + 30} height={drawing.height + LABEL} data-figure="circuit" role="group" aria-label="The circuit: layers by positions">
        <g transform={`translate(${LEFT} 0)`}>
          {drawing.columns.map((column) =>
            column.kind === "pos" ? (
              <line
                key={`c${column.pos}`}
                className="hair"
                x1={column.x}
                x2={column.x}
                y1={0}
                y2={drawing.height}
                strokeWidth={selection.pos === column.pos ? 3 : 1}
              />
            ) : (
              <text key={`f${column.from}`} className="soft" x={column.x} y={drawing.height + 14} textAnchor="middle">
                ⋯
              </text>
            ),
          )}
          {drawing.edges.map((edge) => (
            <path
              key={`${edge.component}@${edge.to.pos}<${edge.from.pos}`}
              className="line"
              strokeWidth={0.5 + 2 * edge.weight}
              strokeOpacity={faded(edge.component) ? 0.12 : 0.25 + 0.6 * edge.weight}
              d={bend([
                [edge.from.x, edge.from.y],
                [edge.to.x, edge.to.y],
              ])!}
            />
          ))}
          {drawing.nodes.map((node) => {
            const show = (x: number, y: number) => point({ x, y, reading: props.read(node.component, node.pos) });
            const chosen = selection.component === node.component;
            return (
              <g
                key={`${node.component}@${node.pos}`}
                role="button"
                tabIndex={0}
                aria-pressed={chosen}
                aria-label={`${node.component} at position ${node.pos}: without it there ${percent(node.needed)} less`}
                transform={`translate(${node.x} ${node.y})`}
                style={{ cursor: "pointer" }}
                opacity={faded(node.component) ? 0.35 : 1}
                onPointerMove={(event) => show(event.clientX, event.clientY)}
                onPointerLeave={() => point(null)}
                onFocus={(event) => {
                  const at = event.currentTarget.getBoundingClientRect();
                  show(at.right, at.top);
                }}
                onBlur={() => point(null)}
                onClick={() => choose({ component: node.component, pos: node.pos })}
                onKeyDown={(event) => {
                  if (event.key === "Enter" || event.key === " ") {
                    event.preventDefault();
                    choose({ component: node.component, pos: node.pos });
                  }
                }}
              >
                <rect x={-11} y={-7} width={22} height={14} fillOpacity={0} data-screen />
                {node.head === null ? (
                  <rect
                    className={node.needed < 0 ? "minus" : "plus"}
                    x={-node.radius}
                    y={-node.radius}
                    width={2 * node.radius}
                    height={2 * node.radius}
                  />
                ) : (
                  <circle className={node.needed < 0 ? "minus" : "plus"} r={node.radius} />
                )}
                {chosen && <circle className="chosen" r={node.radius + 4} />}
              </g>
            );
          })}
          {drawing.columns.map((column) =>
            column.kind === "pos" ? (
              <text
                key={column.pos}
                className={selection.pos === column.pos ? "" : "soft"}
                fontWeight={selection.pos === column.pos ? 600 : 400}
                transform={`translate(${column.x - 3} ${drawing.height + 8}) rotate(55)`}
              >
                {short(visible(tokens[column.pos]!.text), 11)}
              </text>
            ) : null,
          )}
          {drawing.nodes.filter(isLabelled(drawing.nodes)).map((node) => (
            <text
              key={`n${node.component}@${node.pos}`}
              className="named"
              x={node.x + (node.x > drawing.width - 60 ? -node.radius - 4 : node.radius + 4)}
              y={node.y + 4}
              textAnchor={node.x > drawing.width - 60 ? "end" : "start"}
              opacity={faded(node.component) ? 0.35 : 1}
              style={{ pointerEvents: "none" }}
            >
              {node.component}
            </text>
          ))}
        </g>
        {Array.from({ length: layers }, (_, layer) =>
          layer % 5 === 0 ? (
            <text key={layer} className="soft" x={LEFT - 8} y={drawing.rowY(layer) + 4} textAnchor="end">
              {layer}
            </text>
          ) : null,
        )}
      </svg>
    </div>
  );
}

/** The largest node of each component has its name, where it stands alone in its row and column. */
function isLabelled(nodes: readonly { component: string; layer: number; pos: number; radius: number }[]) {
  return (node: (typeof nodes)[number]) =>
    nodes.every((other) => other.component !== node.component || other.radius <= node.radius) &&
    nodes.filter((other) => other.layer === node.layer && other.pos === node.pos).length === 1;
}
