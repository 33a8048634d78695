/*
 * The sample directory: a few hundred invented people of eleven countries, the same at every run, with dates counted
 * back from `now` (ms UTC). Numbers written without a country are Vietnamese: import the file with `sampleCountry`.
 */
import { writeFile } from 'node:fs/promises';
import type { CustomerFileRecord } from './customer-file-record.ts';
import { describeHistory } from './customer-history.ts';
import { createDice, type Dice } from './dice.ts';
import { type NumberRange, writeNumber } from './fictional-numbers.ts';
import { type Homeland, homelands } from './homelands.ts';
import { describeStoryPeople } from './story-people.ts';

export const sampleCountry = 'VN';

export async function writePeople(file: string, now: number): Promise<void> {
  const lines = people(now).map((person) => `${JSON.stringify(person)}\n`);
  await writeFile(file, lines.join(''));
}

export function people(now: number): CustomerFileRecord[] {
  const dice = createDice(1042);
  const settling: Settling = { dice, now, register: createRegister(dice) };
  return [
    ...describeStoryPeople(now),
    ...homelands.flatMap((home) => [
      ...Array.from({ length: home.people }, () => settleSingle(home, settling)),
      ...Array.from({ length: home.households }, () => settleHousehold(home, settling)).flat(),
      ...home.companies.flatMap((company) => settleCompany(home, company, settling)),
    ]),
  ];
}

type Settling = { dice: Dice; now: number; register: ReturnType<typeof createRegister> };

function settleSingle(home: Homeland, settling: Settling): CustomerFileRecord {
  const { dice, register } = settling;
  const phones = dice.happens(0.7) ? [register.takeNumber(dice.pick(home.mobiles))()] : [];
  if (phones.length === 0 || dice.happens(0.35)) phones.push(register.takeNumber(dice.pick(home.landlines))());
  return settle(home, { family: dice.pick(home.family), phones }, settling);
}

function settleHousehold(home: Homeland, settling: Settling): CustomerFileRecord[] {
  const { dice, register } = settling;
  const landline = register.takeNumber(dice.pick(home.landlines));
  const family = dice.pick(home.family);
  return Array.from({ length: 2 + dice.upTo(2) }, () => settle(home, { family, phones: [landline()] }, settling));
}

function settleCompany(home: Homeland, company: string, settling: Settling): CustomerFileRecord[] {
  const { dice, register } = settling;
  const switchboard = register.takeNumber(dice.pick(home.landlines));
  return Array.from({ length: 5 + dice.upTo(3) }, () =>
    settle(home, { family: dice.pick(home.family), phones: [switchboard()], company }, settling),
  );
}

type Newcomer = { family: string; phones: string[]; company?: string };

function settle(home: Homeland, { family, phones, company }: Newcomer, settling: Settling): CustomerFileRecord {
  const { dice, now, register } = settling;
  const person = register.takeName(home, family);
  const [companyName, companyLatin = companyName] = company?.split('|') ?? [];
  const domain = companyLatin ? toLabel(companyLatin, '-') : dice.pick(['mail', 'post', 'inbox']);
  return {
    id: register.takeId(),
    name: person.name,
    ...(companyName && { company: companyName }),
    phones,
    emails: dice.happens(0.85) ? [`${toLabel(person.latin, '.')}@${domain}.example`] : [],
    ...describeHistory(home, { dice, now, nextCaseNumber: register.takeCaseNumber }),
  };
}

/** The first numbers of each range, and the ids and case numbers below 2000, belong to the stories. */
const numbersOfStories = 5;
const countedFrom = 2001;

/** Hands out names, numbers, ids and case numbers, none of them twice. */
function createRegister(dice: Dice) {
  const names = new Set<string>();
  const numbers = new Map<NumberRange, number>();
  let nextId = countedFrom;
  let nextCase = countedFrom;

  return {
    takeId: () => `C-${nextId++}`,
    takeCaseNumber: () => `CS-${nextCase++}`,

    takeName(home: Homeland, family: string): { name: string; latin: string } {
      const [familyName = '', familyLatin = familyName] = family.split('|');
      const nameWith = (given: string): [name: string, givenLatin: string] => {
        const [givenName = '', givenLatin = givenName] = given.split('|');
        return [home.familyFirst ? `${familyName} ${givenName}` : `${givenName} ${familyName}`, givenLatin];
      };
      const [name, givenLatin] = dice.pick(home.given.map(nameWith).filter(([name]) => !names.has(name)));
      names.add(name);
      return { name, latin: `${givenLatin} ${familyLatin}` };
    },

    /** Answers a writer of the number: people who share one write it differently. */
    takeNumber(range: NumberRange): () => string {
      const index = numbers.get(range) ?? numbersOfStories;
      numbers.set(range, index + 1);
      const tail = range.tails[index];
      if (tail === undefined) throw new Error(`There is no number left in ${range.spellings[0]}`);
      return () => writeNumber(dice.pick(range.spellings), tail);
    },
  };
}

/** ASCII in lower case, as a mail address wants it. */
function toLabel(text: string, joint: '-' | '.'): string {
  return text
    .replace(/ß/g, 'ss')
    .replace(/ı/g, 'i')
    .replace(/đ/gi, 'd')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f']/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', joint);
}
