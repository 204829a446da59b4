import { Figure } from "../../figure/Figure";
import { NO_LIMITS, PointingProvider } from "../../figure/pointing";
import { useCursor } from "../../figure/useCursor";
import type { MissedShown, MissedToken } from "../../record/routes";
import { number, short, visible } from "../../record/words";
import { ask } from "../client";
import { Failed, Waiting } from "../states";
import { useAnswer } from "../useAnswer";
import { height, table, worst } from "./missed";

const CELL = 22;
const LEFT = 64;
const TOP = 20;
const STRIP = 64;
const GAP = 28;
/** Token by token, how much of the activation a dictionary's features do not say, and of which tokens that is most. */
export function MissedPanel(props: { model: string; dictionary: string; prompt: string; open: (feature: number) => void }) {
  const { model, dictionary, prompt } = props;
  const missed = useAnswer(JSON.stringify([model, dictionary, prompt, "missed"]), (signal) =>
    ask("POST /api/features/missed", { model, dictionary, prompt }, {}, signal),
  );
  return (
    <section className="part missed" aria-label="What this dictionary misses">
      <h2>What this dictionary misses</h2>
      {missed.state === "asked" && <Waiting words="The error at each token is computed." />}
      {missed.state === "failed" && <Failed message={missed.message} again={missed.again} />}
      {missed.state === "here" && <Shown shown={missed.value} open={props.open} />}
    </section>
  );
}

function Shown({ shown, open }: { shown: MissedShown; open: (feature: number) => void }) {
  const marked = worst(shown.missed);
  return (
    <>
      <PointingProvider limits={NO_LIMITS}>
        <Figure
          name="missed"
          title="Missed, token by token"
          caption={`at ${shown.sites.join(", ")}; ▾ the least explained`}
          data={() => table(shown)}
        >
          <Bars shown={shown} marked={marked} open={open} />
        </Figure>
      </PointingProvider>
      <p className="soft small">
        Missed: the error&apos;s squared norm, as a share of the token&apos;s squared distance from the prompt&apos;s mean; a full bar is all of it, or more.{" "}
        {shown.map === undefined
          ? "No map splits the error: cutaway features error --out keeps one, which is shown here as error-map.safetensors in the dictionary's folder."
          : `The second and the third bar of a token are the parts of its error, linear in the activation and not, by a map fitted to ${shown.map.fitted} tokens of other text: there the dictionary leaves ${number(shown.map.fvu, 2)} of the variance, with the linear part added ${number(shown.map.fvuNonlinear, 2)}. The two are not at right angles.`}
        {shown.missed.some((token) => !token.read) && " Tokens without bars are attention sinks, of which the dictionary is asked nothing."}
      </p>
      {marked.length > 0 && (
        <ul className="labelled" aria-label="The least explained tokens">
          {marked.map((position) => (
            <li key={position}>
              <b>
                {position}:{visible(shown.tokens[position]?.text ?? "")}
              </b>{" "}
              {number(1 - (shown.missed[position]!.explained ?? 0), 2)} is missed; largest codes{" "}
              {shown.missed[position]!.features.map((feature, i) => (
                <span key={feature}>
                  {i > 0 && ", "}
                  <button onClick={() => open(feature)}>{feature}</button> {number(shown.missed[position]!.codes[i] ?? 0, 1)}
                </span>
              ))}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Bars({ shown, marked, open }: { shown: MissedShown; marked: readonly number[]; open: (feature: number) => void }) {
  const tokens = shown.missed;
  const most = Math.max(0, ...tokens.filter((token) => token.read).flatMap((token) => [token.error, token.linear ?? 0, token.nonlinear ?? 0]));
  const second = TOP + STRIP + GAP;
  const third = second + STRIP + GAP;
  const foot = third + STRIP;
  const longest = Math.max(0, ...tokens.filter((token) => token.read).map((token) => token.norm));
  const labels = Math.max(...shown.tokens.map((token) => Math.min(12, [...token.text].length))) * 6.7 + 12;
  const { cursor, drawing } = useCursor({
    label: "What this dictionary misses of each token",
    rows: 1,
    columns: tokens.length,
    find: (x) => {
      const column = Math.floor((x - LEFT) / CELL);
      return column < 0 || column >= tokens.length ? null : { row: 0, column };
    },
    place: (cell) => ({ x: LEFT + (cell.column + 0.5) * CELL, y: TOP + STRIP / 2 }),
    read: (cell) => {
      const token = tokens[cell.column];
      return token === undefined ? null : { title: `${cell.column}:${visible(shown.tokens[cell.column]?.text ?? "")}`, lines: lines(token) };
    },
    choose: (cell) => {
      const feature = tokens[cell.column]?.features[0];
      if (feature !== undefined) open(feature);
    },
  });
  return (
    <div className="scroll">
      <svg {...drawing} data-figure="missed" width={LEFT + tokens.length * CELL + 12} height={foot + labels}>
        <Axis y={TOP} name="missed" high="1" />
        <Axis y={second} name="error" high={number(most, most < 10 ? 1 : 0)} />
        <Axis y={third} name="norm" high={number(longest, longest < 10 ? 1 : 0)} />
        {tokens.map((token, i) => {
          const x = LEFT + i * CELL;
          const parts = token.linear === undefined ? [token.error] : [token.error, token.linear, token.nonlinear ?? 0];
          return (
            <g key={i} data-token={i}>
              {marked.includes(i) && (
                <text x={x + CELL / 2} y={TOP - 6} textAnchor="middle">
                  ▾
                </text>
              )}
              {token.read && token.explained !== undefined && (
                <Bar x={x + 4} width={CELL - 8} foot={TOP + STRIP} share={height(1 - token.explained)} opacity={marked.includes(i) ? 1 : 0.55} part="missed" />
              )}
              {token.read &&
                parts.map((part, j) => (
                  <Bar
                    key={j}
                    x={x + 3 + (j * (CELL - 6)) / parts.length}
                    width={(CELL - 6) / parts.length - 0.5}
                    foot={second + STRIP}
                    share={height(part, most)}
                    opacity={[1, 0.6, 0.3][j]!}
                    part={["error", "linear", "nonlinear"][j]!}
                  />
                ))}
              {token.read && <Bar x={x + 4} width={CELL - 8} foot={foot} share={height(token.norm, longest)} opacity={0.55} part="norm" />}
              <text
                className={marked.includes(i) ? "" : "soft"}
                fontWeight={marked.includes(i) ? 600 : undefined}
                transform={`translate(${x + CELL / 2 + 4} ${foot + 12}) rotate(-60)`}
                textAnchor="end"
              >
                {short(visible(shown.tokens[i]?.text ?? ""), 12)}
              </text>
            </g>
          );
        })}
        {cursor !== null && <rect className="cursor" x={LEFT + cursor.column * CELL} y={TOP} width={CELL} height={foot - TOP} />}
      </svg>
    </div>
  );
}

function Axis(props: { y: number; name: string; high: string }) {
  const { y } = props;
  return (
    <g className="soft">
      <text x={LEFT - 6} y={y - 7} textAnchor="end">
        {props.name}
      </text>
      <text x={LEFT - 6} y={y + 9} textAnchor="end">
        {props.high}
      </text>
      <text x={LEFT - 6} y={y + STRIP} textAnchor="end">
        0
      </text>
      <path d={`M${LEFT} ${y}v${STRIP}h4`} fill="none" stroke="var(--soft)" />
    </g>
  );
}

function Bar(props: { x: number; width: number; foot: number; share: number; opacity: number; part: string }) {
  const high = props.share * STRIP;
  return (
    <rect className="plus" fillOpacity={props.opacity} data-part={props.part} x={props.x} y={props.foot - high} width={props.width} height={high} />
  );
}

function lines(token: MissedToken): [string, string][] {
  if (!token.read) return [["norm", number(token.norm, 1)], ["dictionary", "not asked: an attention sink"]];
  return [
    ["norm", number(token.norm, 1)],
    ...(token.explained === undefined ? [] : [["explained", number(token.explained, 3)] as [string, string]]),
    ["error", number(token.error, 2)],
    ...(token.linear === undefined ? [] : [["linear part", number(token.linear, 2)] as [string, string]]),
    ...(token.nonlinear === undefined ? [] : [["nonlinear part", number(token.nonlinear, 2)] as [string, string]]),
    ...token.features.map((feature, i) => [`feature ${feature}`, number(token.codes[i] ?? 0, 2)] as [string, string]),
  ];
}
