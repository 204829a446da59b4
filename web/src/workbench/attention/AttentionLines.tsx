import { Figure } from "../../figure/Figure";
import type { Token } from "../../record/explanation";
import { short, visible } from "../../record/words";

const STEP = 15;
const SIDE = 96;
const WIDTH = 440;

/** Where each position of a short text looks: lines from queries, left, to keys, right, as thick and dark as the weight. */
export function AttentionLines(props: { name: string; weights: Uint16Array; tokens: readonly Token[] }) {
  const { name, weights, tokens } = props;
  const length = tokens.length;
  const y = (pos: number) => STEP * (pos + 0.75);
  const lines: { query: number; key: number; weight: number }[] = [];
  for (let query = 0; query < length; query++)
    for (let key = 0; key < length; key++) {
      const weight = weights[query * length + key]! / 65535;
      if (weight >= 0.02) lines.push({ query, key, weight });
    }
  return (
    <Figure
      name="lines"
      title={`Attention of ${name}, in lines`}
      caption="from queries, left, to keys, right; weights below 0.02 are left out"
      data={() => ({ columns: ["query", "query token", "key", "key token", "weight"], rows: lines.map(({ query, key, weight }) => [query, tokens[query]!.text, key, tokens[key]!.text, Number(weight.toFixed(5))]) })}
    >
      <div className="scroll">
        <svg className="lines" width={WIDTH} height={STEP * (length + 0.5)} role="img" aria-label={`Attention of ${name} in this sentence`}>
          {lines.map(({ query, key, weight }) => (
            <line key={`${query}.${key}`} x1={SIDE + 4} x2={WIDTH - SIDE - 4} y1={y(query)} y2={y(key)} stroke="var(--plus)" strokeOpacity={Math.min(1, 0.15 + weight)} strokeWidth={0.5 + 2.5 * weight} />
          ))}
          {tokens.map(({ pos, text }) => (
            <g key={pos}>
              <text x={SIDE} y={y(pos) + 4} textAnchor="end">
                {short(visible(text), 13)}
              </text>
              <text x={WIDTH - SIDE} y={y(pos) + 4}>
                {short(visible(text), 13)}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </Figure>
  );
}
