/** Words that a name is to hold; none where something stands in the text that is in no name. */
export function splitNameQuery(text: string): string[] {
  if (text.length > 200 || !/^[\p{L}\p{M}\p{N}\s.,&'’-]*$/u.test(text)) return [];
  return [...new Set(text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu))].slice(0, 8);
}

/** Whether a name holds each word at the beginning of one of its own: `LIKE` meets the middle of words too. */
export function startsWith(words: string[]): (name: string) => boolean {
  const wanted = words.map((word) => word.toLowerCase());
  return (name) => {
    const held = name.toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u);
    return wanted.every((word) => held.some((item) => item.startsWith(word)));
  };
}
