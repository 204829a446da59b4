/**
 * Moves places on a line apart until each is at least `gap` from the next, as little as possible and in the same order.
 *
 * @param least no place is moved to before it
 * @returns by how much each is moved
 */
export function spread(places: readonly number[], gap: number, least = -Infinity): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]! || a - b);
  // groups of neighbours that push each other, each around the middle of where its members want to be
  const groups: { members: number[]; first: number }[] = [];
  for (const i of order) {
    groups.push({ members: [i], first: Math.max(least, places[i]!) });
    for (let last = groups.length - 1; last > 0; last--) {
      const before = groups[last - 1]!;
      const here = groups[last]!;
      if (before.first + before.members.length * gap <= here.first) break;
      const members = [...before.members, ...here.members];
      const wanted = members.reduce((sum, member, at) => sum + places[member]! - at * gap, 0);
      groups.splice(last - 1, 2, { members, first: Math.max(least, wanted / members.length) });
    }
  }
  const moved = new Array<number>(places.length).fill(0);
  for (const { members, first } of groups) members.forEach((member, at) => (moved[member] = first + at * gap - places[member]!));
  return moved;
}
