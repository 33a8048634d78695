import { describe, expect, it } from 'vitest';
import { createTextMask, maskPhone } from './masking.ts';

const phone = (value: string) => ({ raw: value, value });

describe('text with a national phone number', () => {
  it.each([
    // No country is known.
    ['(202) 555-0107', undefined],
    ['202.555.0108', undefined],
    ['202-555-0106', undefined],
    ['1-202-555-0106', undefined],
    ['2025550107', undefined],
    ['0912 345 678', undefined],
    ['0912345678', undefined],
    ['(028) 3822 5678', undefined],
    ['020 7946 0018', undefined],
    ['030/1234567', undefined],
    ['06 12 34 56 78', undefined],
    ['06.12.34.56.78', undefined],
    ['84912345671', undefined],
    ['0084 912 345 671', undefined],
    ['555-0107', undefined],
    ['２０２-５５５-０１０７', undefined],
    ['٠٩١٢٣٤٥٦٧٨', undefined],
    // The directory's country, or the customer's.
    ['912345678', 'VN'],
    ['612 345 678', 'ES'],
    ['612345678', 'ES'],
    ['22 12 34 56', 'DK'],
    ['22123456', 'DK'],
    ['512 345 678', 'PL'],
    ['2025550107', 'US'],
    ['5 1 2 3 4 5 6 7 8', 'PL'],
    ['044 668 18 00', 'CH'],
    ['11 98765-4321', 'BR'],
    ['9123 4567', 'SG'],
    ['(0) 171 3920046', 'DE'],
    ['0171/3920046', 'DE'],
    ['090-1234-5678', 'JP'],
    ['13912345678', 'CN'],
  ])('%s in %s › is masked wherever it stands', (written, country) => {
    const mask = createTextMask({ phones: [], countries: country === undefined ? [] : [country] });
    const end = mask(written).slice(-5);
    for (const text of [
      written,
      `Call ${written} please`,
      `Tel: ${written}.`,
      `[${written}]`,
      `a,${written};b`,
      `on 2026-11-20 ${written}`,
    ]) {
      const masked = mask(text);
      expect(masked).toContain('•••');
      expect(masked).toContain(end);
      expect(
        masked
          .normalize('NFKC')
          .replace(/\d{4}-\d\d-\d\d/, '')
          .replace(/\D/g, '').length,
      ).toBeLessThanOrEqual(4);
    }
  });

  it('several numbers in one text › are all masked', () => {
    const mask = createTextMask({ phones: [], countries: ['US'] });
    expect(mask('(202) 555-0107 / 202.555.0108, (202-555-0109) or 2025550110')).toBe(
      '•••• 0107 / •••• 0108, (•••• 0109) or •••• 0110',
    );
  });

  it.each(['Fax', 'HomePhone', 'mobile_phone', 'Tel.', 'Số điện thoại', 'Handy', 'Cell', '携帯電話'])(
    'any number in the field %s › is masked',
    (name) => {
      const mask = createTextMask({ phones: [], countries: ['VN'] });
      expect(mask('2055501', name)).toBe('•••• 5501');
      expect(mask('(33) 4455 667', name)).toBe('•••• 5667');
    },
  );

  it.each([
    'Customer contact',
    'Account contact',
    'Case callback',
    'Emergency contact number',
    'Policy holder',
    'Liên hệ',
  ])('a number in the field %s › is masked', (name) => {
    expect(createTextMask({ phones: [], countries: ['US'] })('415-555-0134', name)).toBe(maskPhone('4155550134'));
    expect(createTextMask({ phones: [], countries: ['VN'] })('0912 345 678', name)).toBe(maskPhone('0912345678'));
  });

  it.each([
    ['US', 'wa.me/14155550134'],
    ['US', 'home-4155550134'],
    ['US', '4155550134_home'],
    ['US', 'customer 4155550134'],
    ['CN', '客户13800138000'],
    ['VN', 'chị Lan0912345678'],
  ])('in %s %s › is masked', (country, text) => {
    expect(createTextMask({ phones: [], countries: [country] })(text)).toContain('•');
  });

  it("the customer's own number › is masked whatever its form", () => {
    const mask = createTextMask({ phones: [phone('+84912345678')], countries: [] });
    expect(mask('order 912345678')).toBe('order •••• 5678');
  });
});

describe('text with other numbers', () => {
  it.each([
    ['on 2026-11-20 09:27:15'],
    ['2026-11-20T09:27:15Z'],
    ['20.11.2026 until 21.12.2026'],
    ['11/20/2026, 9:30'],
    ['from 2026-11-20 to 2026-12-01'],
    ['1,250.00 and 1.250.000,00 and 12 500,00'],
    ['USD 1250000.50'],
    ['1’250’000.00'],
    ['10.0.12.255 and 192.168.100.200'],
    ['CS-1042 and INC0010023'],
    ['CS-2026001042'],
    ['order 4155550199'],
    ['Order no. 4155550199'],
    ['invoice #2025550107'],
    ['đơn hàng 0912345678'],
    ['ticket 2025550107, case 2025550108'],
    ['SKU2025550107'],
    ['2025550107A'],
    ['version 12.3.4567'],
    ['99120034'],
    ['2026-11-20 / 99120034'],
    ['Amazon 112-3456789-1234568'],
    ['4111 2222'],
    ['IMEI 490154203237518'],
    ['1111111111'],
    ['50 Cent, Studio 54, 3M'],
    ['AB-123456-78'],
  ])('%s › stays', (text) => {
    for (const countries of [[], ['US'], ['VN']]) expect(createTextMask({ phones: [], countries })(text)).toBe(text);
  });

  it.each([
    ['Order number', '4155550199'],
    ['accountNumber', '2025550107'],
    ['accountNumber', '778 812 004'],
    ['Account Number', '402-118-3301'],
    ['Device ID', '2025550107'],
    ['Kundennummer', '2025550107'],
    ['Postal code', '2025550'],
    ['Contact ID', '4155550199'],
    ['mã khách hàng', '0912345678'],
  ])('the field %s of %s › stays', (name, value) => {
    expect(createTextMask({ phones: [], countries: ['US', 'VN'] })(value, name)).toBe(value);
  });

  it('digits in thousands of forms › cost bounded time', () => {
    const mask = createTextMask({ phones: [], countries: ['US', 'VN', 'DE', 'BR'] });
    const began = process.cpuUsage();
    for (const part of ['1 ', '1.', '12-', '0 12 ', '(1', '2025550107 ', '1:2 ', '1,234,567 ', '٠']) {
      for (let round = 0; round < 20; round++) mask(part.repeat(4_000 / part.length));
    }
    // µs of this process, however busy the machine.
    expect(process.cpuUsage(began).user).toBeLessThan(4_000_000);
  });
});
