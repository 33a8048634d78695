import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFoldedEmail, normalizeEmail, toMailbox } from './email.ts';

describe('mailbox', () => {
  test.each([
    ['ann.b.lee@gmail.com', 'annblee@gmail.com'],
    ['ann.b.lee+shop@googlemail.com', 'annblee@gmail.com'],
    ['+shop@gmail.com', '+shop@gmail.com'],
    ['ann.lee+shop@northwind.example', 'ann.lee+shop@northwind.example'],
    ['ann.lee@notgmail.com', 'ann.lee@notgmail.com'],
  ])('%s › is %s', (email, mailbox) => {
    expect(toMailbox(email)).toBe(mailbox);
  });
});

describe('e-mail', () => {
  test.each([
    ['Ann@Northwind.Example', 'ann@northwind.example'],
    [' ann+billing@northwind.example ', 'ann+billing@northwind.example'],
    ['mailto:ann@northwind.example?subject=Hi', 'ann@northwind.example'],
    ['MAILTO:ann%2Bbilling@northwind.example', 'ann+billing@northwind.example'],
    ['Ann Lee <ann@northwind.example>', 'ann@northwind.example'],
    ['"Lee, Ann" <Ann@northwind.example>', 'ann@northwind.example'],
    ['ａｎｎ＠northwind.example', 'ann@northwind.example'],
    ['\u200fann@northwind.example\u200e', 'ann@northwind.example'],
    ['ann@münchen.example', 'ann@xn--mnchen-3ya.example'],
    ["o'neil@northwind.example", "o'neil@northwind.example"],
  ])('%j › is %s', (raw, expected) => {
    expect(normalizeEmail(raw)).toBe(expected);
  });

  test.each([
    '',
    'ann',
    '@northwind.example',
    'ann@',
    'ann@northwind',
    'ann@1.2.3.4',
    'ann@-northwind.example',
    'ann@north wind.example',
    'ann lee@northwind.example',
    'ann@b@northwind.example',
    '.ann@northwind.example',
    'ann\u0000@northwind.example',
    '\ud800@northwind.example',
    'anonymous@anonymous.invalid',
    `${'a'.repeat(65)}@northwind.example`,
    `ann@${'a.'.repeat(50_000)}example`,
    `${'<'.repeat(500)}`,
  ])('malformed text %# › is rejected', (raw) => {
    expect(normalizeEmail(raw)).toBeNull();
  });

  test('any text › never throws, and a result normalizes to itself', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.emailAddress().map((all) => `A <${all}>`),
    );
    fc.assert(
      fc.property(text, (raw) => {
        const email = normalizeEmail(raw);
        if (email !== null) expect(normalizeEmail(email)).toBe(email);
      }),
    );
  });
});

describe('letter case of an e-mail', () => {
  test.each([
    ['İSMAİL@NORTHWIND.EXAMPLE', 'ismail@northwind.example'],
    ['ısmaıl@northwind.example', 'ismail@northwind.example'],
    ['STRAẞE@northwind.example', 'strasse@northwind.example'],
    ['ΟΔΟΣ@northwind.example', 'οδοσ@northwind.example'],
    ['οδος@northwind.example', 'οδοσ@northwind.example'],
    ['ＡＮＮ@northwind.example', 'ann@northwind.example'],
  ])('%s › is folded to %s, and that is told', (raw, expected) => {
    expect(normalizeEmail(raw)).toBe(expected);
    expect(isFoldedEmail(raw) || expected === raw).toBe(true);
  });

  test('capitals of ASCII › need no explanation', () => {
    expect(isFoldedEmail('Ann.LEE@Northwind.Example')).toBe(false);
    expect(isFoldedEmail('Ann <ann@BÜCHER.example>')).toBe(false);
  });

  test('letters of another domain › stay different', () => {
    expect(normalizeEmail('ann@northwınd.example')).toBe('ann@xn--northwnd-ykb.example');
    expect(normalizeEmail('ann@straße.example')).not.toBe('ann@strasse.example');
  });

  test.each([
    "'ann@northwind.example",
    '="ann@northwind.example"',
    'ann@northwind.example (Ann)',
    'SMTP:ann@northwind.example',
    'ann@northwind.example;',
  ])('%s › is the address', (raw) => {
    expect(normalizeEmail(raw)).toBe('ann@northwind.example');
  });

  test('two addresses › are none', () => {
    expect(normalizeEmail('Ann <ann@northwind.example>, Bo <bo@northwind.example>')).toBeNull();
    expect(normalizeEmail('ann@northwind.example, bo@northwind.example')).toBeNull();
  });
});
