import type { CustomerCard } from '#contract/customers.ts';
import { formatDay, languageName } from '../i18n/format.ts';
import { type MessageKey, t } from './messages.ts';

/** One row of the comparison; `values` are in the order of the candidates. */
type ComparedRow = { label: string; values: (string | null)[]; differs: boolean };

type Reader = (candidate: CustomerCard, now: number) => string | undefined;

const rows: [MessageKey, Reader][] = [
  ['candidates.company', ({ company }) => company],
  ['candidates.tier', ({ tier }) => tier],
  ['candidates.owner', ({ owner }) => owner],
  ['candidates.language', ({ language }) => language && languageName(language)],
  ['candidates.account', ({ accountNumber }) => accountNumber],
  ['candidates.phone', ({ phones }) => joined(phones.map((phone) => phone.masked))],
  ['candidates.email', ({ emails }) => joined(emails.map((email) => email.masked))],
  ['candidates.case', ({ cases }) => cases[0] && `${cases[0].subject} (${cases[0].number})`],
  ['candidates.contact', ({ interactions }, now) => interactions[0] && formatContact(interactions[0], now)],
];

/** Rows that at least one candidate has. Differing rows come first, because they decide. */
export function compareCandidates(candidates: CustomerCard[], now: number): ComparedRow[] {
  const compared = rows
    .map(([key, read]) => {
      const values = candidates.map((candidate) => read(candidate, now) || null);
      return { label: t(key), values, differs: new Set(values).size > 1 };
    })
    .filter((row) => row.values.some((value) => value !== null));
  return [...compared.filter((row) => row.differs), ...compared.filter((row) => !row.differs)];
}

function joined(values: string[]): string {
  return [...new Set(values)].slice(0, 2).join(', ');
}

function formatContact({ at, summary }: CustomerCard['interactions'][number], now: number): string {
  return [formatDay(at, now), summary].filter((part) => part !== undefined).join(' · ');
}
