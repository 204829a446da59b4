import { visible } from "../../record/words";
import { shade } from "./together";

/** A text whose tokens are shaded by a feature's code; the one it is about is underlined. */
export function ShadedText(props: { tokens: readonly string[]; codes: readonly number[]; most: number; at?: number }) {
  return (
    <span className="shaded-text">
      {props.tokens.map((token, i) => {
        const code = props.codes[i] ?? 0;
        return (
          <span
            key={i}
            className={i === props.at ? "code about" : "code"}
            style={code === 0 ? undefined : { background: `color-mix(in srgb, var(${code < 0 ? "--minus" : "--plus"}) ${Math.round(55 * shade(code, props.most))}%, transparent)` }}
            title={code === 0 ? undefined : `${visible(token)}  ${code.toFixed(2)}`}
          >
            {token.replace(/\n/g, "↵")}
          </span>
        );
      })}
    </span>
  );
}
