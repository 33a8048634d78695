import { describe, expect, test } from 'vitest';
import { holdsAddress, holdsMailbox, joinMailbox, listSpellings, toMailboxPattern } from './mailbox.ts';
import { found, notFound } from './outcome.ts';

const mailbox = { local: 'annblee42', domains: ['gmail.com', 'googlemail.com'] };

describe('mailbox', () => {
  test.each(['annblee42', 'ann.blee42', 'ann.b.lee42', 'a.n.n.blee42', 'a.n.n.b.l.e.e.4.2'])(
    'spelling %s › is listed',
    (spelling) => {
      expect(listSpellings(mailbox, 150)).toContain(spelling);
    },
  );

  test('spellings › the likely ones first, none twice', () => {
    const spellings = listSpellings(mailbox, 10);
    expect(spellings[0]).toBe('annblee42');
    expect(new Set(spellings).size).toBe(10);
    for (const spelling of listSpellings(mailbox, 1_000)) expect(spelling.replaceAll('.', '')).toBe('annblee42');
  });

  test.each(['annblee42@gmail.com', 'ann.b.lee42@googlemail.com', 'a.n.nblee42+shop@gmail.com'])(
    'pattern › matches %s',
    (address) => {
      const pattern = new RegExp(`^${toMailboxPattern(mailbox).replaceAll('.', '\\.').replaceAll('%', '.*')}$`);
      expect(address).toMatch(pattern);
    },
  );

  test.each([
    ['Ann.B.Lee42@Gmail.com ', true],
    ['annblee42+x@googlemail.com', true],
    ['annblee4@gmail.com', false],
    ['annblee42@gmail.com.example', false],
    ['ann.b.lee42@x.example', false],
  ])('address %s › is held: %s', (raw, isHeld) => {
    expect(holdsMailbox({ id: '1', name: 'Ann', phones: [], emails: [{ raw }] }, mailbox)).toBe(isHeld);
  });

  test('address of the same mailbox among others › is held', () => {
    const emails = [{ raw: 'b@x.example, ann.b.lee42@gmail.com' }];
    const customer = { id: '1', name: 'Ann', phones: [], emails };
    expect(holdsAddress(customer, 'annblee42@gmail.com', mailbox)).toBe(true);
    expect(holdsAddress(customer, 'annblee42@gmail.com')).toBe(false);
  });

  test.each([
    ['b@x.example ::: ANN@x.example', true],
    ['"Ann Lee" <ann@x.example>', true],
    ['b@x.example ＡＮＮ@x.example', true],
    ['mailto:ann@x.example;b@x.example', true],
    ['joann@x.example', false],
    ['ann@x.example.net', false],
  ])('address in %s › stands by itself: %s', (raw, isHeld) => {
    expect(holdsAddress({ id: '1', name: 'Ann', phones: [], emails: [{ raw }] }, 'ann@x.example')).toBe(isHeld);
  });
});

describe('mailbox hits', () => {
  const customer = (id: string) => ({ id, name: id, phones: [], emails: [] });
  const exact = found([customer('exact')]);
  const tooMany = { kind: 'invalid', reason: 'too-many' } as const;
  const refused = { kind: 'unavailable', reason: 'search-too-broad' } as const;

  test.each([tooMany, refused])('pattern fails, $reason › address itself is found', (failure) => {
    expect(joinMailbox(exact, failure)).toEqual(exact);
  });

  test.each([tooMany, refused])('pattern fails, $reason, and nobody has the address › is the failure', (failure) => {
    expect(joinMailbox(notFound, failure)).toEqual(failure);
  });

  test('address itself is refused › is the failure', () => {
    expect(joinMailbox(refused, found([customer('other')]))).toEqual(refused);
  });

  test('both find › each customer once, address itself first', () => {
    const others = found([customer('other'), customer('exact')]);
    expect(joinMailbox(exact, others)).toEqual(found([customer('exact'), customer('other')]));
  });
});
