import { useCallback, useEffect, useState } from "react";

export const VIEWS = [
  "lens",
  "attention",
  "features",
  "data",
  "studies",
  "lab",
  "ledger",
] as const;
export type View = (typeof VIEWS)[number];

/** Where a reader is: a view, and what it is of. Marks chosen in a view stand in the fragment, which is its own. */
export interface Address {
  view: View;
  /** What stands in the query; nothing that is empty. */
  of: Readonly<Record<string, string>>;
  /** Marks to choose in the view: a fragment, with its sign. */
  marks?: string;
  /** Whether the reader asks for what stands there, by a form or a button. An address that is loaded, or followed, is looked at: what it asks for is not begun again where it was cancelled. */
  isAsked?: boolean;
}

export function parse(path: string, query: string): Address {
  const named = path.replace(/^\/+|\/+$/g, "");
  const view = VIEWS.find((one) => one === named) ?? "lens";
  return { view, of: Object.fromEntries([...new URLSearchParams(query)].filter(([, value]) => value !== "")) };
}

export function written({ view, of, marks = "" }: Address): string {
  const query = new URLSearchParams(Object.entries(of).filter(([, value]) => value !== ""));
  return `/${view}${query.size === 0 ? "" : `?${query}`}${marks}`;
}

/** The word of a reader who asks for what stands in an address; null where the address alone does. */
export function wordOf(address: Address): Address | null {
  return address.isAsked === true ? address : null;
}

/** The address, which the browser's own buttons move too, and a way to go elsewhere. */
export function useAddress(): [Address, (to: Address, replace?: boolean) => void] {
  const [address, setAddress] = useState(() => parse(location.pathname, location.search));
  useEffect(() => {
    const follow = () => setAddress(parse(location.pathname, location.search));
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const go = useCallback((to: Address, replace = false) => {
    const text = written(to);
    if (replace) history.replaceState(null, "", text + location.hash);
    else if (text !== location.pathname + location.search) history.pushState(null, "", text);
    if (to.marks !== undefined) dispatchEvent(new HashChangeEvent("hashchange")); // the browser tells of no change of its own making
    setAddress(to);
  }, []);
  return [address, go];
}
