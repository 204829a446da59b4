/** The class that a click asks for: the one after what is shown, in their order; null once it is back at what is read. */
export function following(classes: readonly string[], read: string, asked: string | null): string | null {
  const shown = classes.indexOf(asked ?? read);
  const next = classes[(shown + 1) % classes.length];
  return next === undefined || next === read ? null : next;
}
