import type { MissedShown, MissedToken } from "../../record/routes";
import type { Table } from "../../record/tables";

/** Of how many tokens one is marked. */
const ONE_IN = 5;
const MOST = 3;

/** The positions of the tokens that are explained worst, the worst first: a few of those that the dictionary is asked of. */
export function worst(tokens: readonly MissedToken[]): number[] {
  const known = tokens.flatMap((token, position) => (token.read && token.explained !== undefined ? [{ position, explained: token.explained }] : []));
  return known
    .sort((a, b) => a.explained - b.explained || a.position - b.position)
    .slice(0, Math.min(MOST, Math.ceil(known.length / ONE_IN)))
    .map((one) => one.position);
}

/** A row a token; what is not known is empty. */
export function table(shown: MissedShown): Table {
  return {
    columns: ["position", "token", "norm", "explained", "error", "linear", "nonlinear", "features", "codes"],
    rows: shown.missed.map((token, position) => [
      position,
      shown.tokens[position]?.text ?? "",
      token.norm,
      token.explained ?? "",
      token.read ? token.error : "",
      token.linear ?? "",
      token.nonlinear ?? "",
      token.features.join(" "),
      token.codes.join(" "),
    ]),
  };
}

/** How high a bar stands, of 1: a share from 0 to 1, or the share of a largest value. */
export function height(value: number, most = 1): number {
  return most <= 0 ? 0 : Math.min(1, Math.max(0, value / most));
}
