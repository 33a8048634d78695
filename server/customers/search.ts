import type { IdentifierKind, SearchAnswer } from '#contract/customers.ts';
import type { CustomerRecord, CustomerSource } from './customer-source.ts';
import { normaliseCaseNumber, normaliseEmail, parsePhone } from './identifiers.ts';

type Found = Omit<SearchAnswer, 'customers'> & { customers: CustomerRecord[] };

const mostCustomers = 20;

/**
 * Reads the query as what it looks most like: with `@` the beginning of an e-mail; else a phone, a case number, words
 * of a name, in this order. Phones and case numbers are met exactly or not at all, for a number met by its beginning
 * would let an agent count through everybody's. A query that reads as a phone may still be a case number or a name.
 */
export function createSearch(source: CustomerSource): (query: string) => Promise<Found> {
  async function findExactly(kind: IdentifierKind, value: string | null): Promise<string[]> {
    if (value === null) return [];
    const { hits } = await source.findByIdentifier(kind, value, mostCustomers + 1);
    return [...new Set(hits.map((hit) => hit.customerId))];
  }

  async function answer(understoodAs: Found['understoodAs'], ids: string[]): Promise<Found> {
    const shown = ids.slice(0, mostCustomers);
    const customers = shown.length === 0 ? [] : await source.getCustomers(shown);
    return { understoodAs, customers, more: ids.length > shown.length };
  }

  return async (query) => {
    const text = query
      .normalize('NFKC')
      .replace(/\p{Cf}/gu, '')
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim();
    if (!/[\p{L}\p{N}]/u.test(text)) return answer('nothing', []);
    if (text.includes('@')) {
      const prefix = normaliseEmail(text) ?? text.toLowerCase();
      return answer('email', await source.findByEmailPrefix(prefix, mostCustomers + 1));
    }

    const phone = parsePhone(text, await source.defaultCountry());
    const byPhone = phone.kind === 'phone' ? await findExactly('phone', phone.e164) : [];
    if (byPhone.length > 0) return answer('phone', byPhone);
    const byCase = await findExactly('case', normaliseCaseNumber(text));
    if (byCase.length > 0) return answer('case', byCase);
    if (phone.kind === 'phone') return answer('phone', []);
    return answer('name', await source.findByName(text, mostCustomers + 1));
  };
}
