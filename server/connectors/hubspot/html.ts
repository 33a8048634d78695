/** Converts between plain text and the HTML in which HubSpot stores and shows activity bodies. */

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Escapes the text and keeps its line breaks. At most `maxLength` characters of HTML: HubSpot rejects longer bodies.
 */
export function toHtml(text: string, maxLength = 60_000): string {
  const lines = text.replace(/\r\n?/g, '\n').replace(/(?!\n)\p{Cc}|\p{Cs}/gu, ' ');
  let html = '';
  for (const character of lines) {
    const next = character === '\n' ? '<br>' : (escapes[character] ?? character);
    if (html.length + next.length > maxLength) break;
    html += next;
  }
  return html;
}

const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The visible text. HubSpot's editor adds elements around the original body. */
export function toText(html: string): string {
  return html
    .replace(/<br\s*\/?>|<\/(p|div|li|h\d|tr)>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
      if (name !== undefined) return names[name.toLowerCase()] ?? whole;
      return readCharacter(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)) ?? whole;
    })
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}

function readCharacter(code: number): string | undefined {
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
