/** The items with these ids, in the order of the ids; an id without an item is left out. */
export function orderByIds<Item extends { id: string }>(items: Item[], ids: string[]): Item[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
