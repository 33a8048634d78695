/**
 * Finds a customer's phones and e-mails in what is stored of engagements. Values are parsed and compared for equality,
 * phones as E.164, e-mails by mailbox: a part of a value, or a value that cannot be parsed, is nobody's.
 */
import type { EngagementFacts } from '#contract/engagements.ts';
import { listRawIdentifiers } from '../customers/engagement-identifiers.ts';
import { normalizeEmail, toMailbox } from '../customers/identifiers/email.ts';
import { listFormerNumbers, parseCallerNumber } from '../customers/identifiers/phone.ts';

/** Of a customer, normalized: E.164 and mailboxes. `countries`: those in which national numbers are read. */
export type ConsumerValues = { phones: Set<string>; mailboxes: Set<string>; countries: (string | undefined)[] };

/** Answers whether one of the texts is one of the customer's phones or e-mails. */
export function createConsumerMatch({ phones, mailboxes, countries }: ConsumerValues) {
  const ends = [...new Set([...phones].flatMap((phone) => [phone, ...listFormerNumbers(phone)]).map(toEnd))];

  function isPhone(text: string): boolean {
    if (phones.size === 0 || !mayBePhone(text, ends)) return false;
    return countries.some((country) => {
      const parsed = parseCallerNumber(text, country);
      return parsed.kind === 'phone' && phones.has(parsed.e164);
    });
  }

  function isEmail(text: string): boolean {
    if (mailboxes.size === 0 || !/[@＠﹫]/u.test(text)) return false;
    const email = normalizeEmail(text);
    return email !== null && mailboxes.has(toMailbox(email));
  }

  const isOne = (text: string): boolean => isPhone(text) || isEmail(text);

  return {
    isIn: (facts: EngagementFacts): boolean => listConsumerValues(facts).some(isOne),
    /** In any text of a body that is of no engagement or cannot be read. */
    isInBody: (body: string): boolean => listTexts(body).some(isOne),
  };
}

/** Of every consumer, whatever the channel, and those that a flow gathered. */
function listConsumerValues(facts: EngagementFacts): string[] {
  const gathered = listRawIdentifiers(facts).filter(({ kind }) => kind === 'phone' || kind === 'email');
  const consumers = (facts.consumers ?? []).flatMap(({ number = '', email = '' }) => [number, email]);
  return [...gathered.map(({ raw }) => raw), ...consumers];
}

const toEnd = (digits: string) => digits.slice(-6);

/** Parsing costs up to a millisecond. A number of plain digits that ends otherwise is another. */
function mayBePhone(text: string, ends: string[]): boolean {
  const digits = text.replace(/\D/g, '');
  const isPlain = /^[ -~]*$/.test(text) && digits.length >= 7;
  return !isPlain || ends.some((end) => digits.includes(end));
}

function listTexts(body: string): string[] {
  const texts: string[] = [];
  const waiting: unknown[] = [parseJson(body)];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) waiting.push(each);
  }
  return texts;
}

/** A text that is no JSON is split at what ends a value in JSON. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body.split(/["'\n]/);
  }
}
