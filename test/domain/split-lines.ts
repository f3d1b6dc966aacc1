/** The lines of a text, each with the LF or the hole that ends it: the rule of holes as one pattern. */
export function splitLines(text: string): string[] {
  return text.match(/[^]*?(?:\n|\0{2,})|[^]+$/g) ?? [];
}
