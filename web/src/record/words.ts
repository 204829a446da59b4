/** Numbers and tokens as the page writes them. */

const MINUS = "−";

/** A number with a true minus, and no minus before zero. */
export function number(value: number, digits = 3): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A number with its sign. */
export function signed(value: number, digits = 2): string {
  const text = number(value, digits);
  return text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`;
}

/** A whole number, its thousands apart. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** So many of a thing, one or several. */
export function counted(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? "" : "s"}`;
}

/** A share as a percentage, as many digits as tell it from its neighbours. */
export function percent(share: number): string {
  return `${number(100 * share, Math.abs(share) < 0.0995 && share !== 0 ? 1 : 0)} %`;
}

/** A token's text with its blanks and line breaks made visible. */
export function visible(text: string): string {
  if (text === "") return "∅";
  return text
    .replace(/ /g, "·")
    .replace(/\n/g, "↵")
    .replace(/\r/g, "␍")
    .replace(/\t/g, "⇥")
    .replace(/[\u0000-\u001f\u007f]/g, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** At most so many characters, the cut shown. */
export function short(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}

/** A model as a title names it: of a path its last part, other names as they are (`owner/name` is none). */
export function modelName(name: string): string {
  const isPath = /^([/~.]|[A-Za-z]:)/.test(name) || name.endsWith(".gguf");
  return isPath ? (name.split(/[/\\]/).filter((part) => part !== "").at(-1) ?? name) : name;
}
