import type { EngagementView } from '#contract/view.ts';

const texts = new WeakMap<object, string>();

/** As JSON. A group that has not changed is the same object as in the view before, so each is serialized once. */
export function serializeView(view: EngagementView): string {
  const members = Object.entries(view).flatMap(([name, value]) =>
    value === undefined ? [] : `${JSON.stringify(name)}:${serialize(value)}`,
  );
  return `{${members.join(',')}}`;
}

function serialize(value: string | object): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}
