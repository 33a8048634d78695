import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPublicAddress, matchesHost, mayReach } from './address-guard.ts';

describe('IP address', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '169.253.0.1',
    '223.255.255.254',
    '2606:4700::1111',
    '2a00:1450:4001:80b::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '64:ff9b::808:808',
  ])('%s › is public', (ip) => {
    expect(isPublicAddress(ip)).toBe(true);
  });

  test.each([
    ['this machine', ['127.0.0.1', '127.255.255.254', '0.0.0.0', '0.1.2.3', '::1', '::']],
    ['the network here', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1', 'fc00::1', 'fec0::1']],
    ['the cloud’s metadata', ['169.254.169.254', '100.100.100.200', 'fd00:ec2::254', '168.63.129.16', '192.0.0.192']],
    ['a link', ['169.254.0.1', 'fe80::1', 'fe80::1%eth0', '2606:4700::1111%lo']],
    ['a carrier', ['100.64.0.1', '100.127.255.254']],
    ['many', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
    [
      'nobody',
      ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '240.0.0.1', '2001:db8::1', '3fff::1', '100::1'],
    ],
    ['mapped', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::ffff:168.63.129.16']],
    ['embedded', ['::127.0.0.1', '::10.0.0.1', '::8.8.8.8', '::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8']],
    ['translated', ['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b::10.0.0.1', '64:ff9b:1::8.8.8.8']],
    ['in a tunnel', ['2002:7f00:1::', '2002:a9fe:a9fe::1', '2002:808:808::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2']],
    ['outside what is given out', ['4000::1', '8000::1', 'f000::1', '5f00::1']],
    ['written otherwise', ['0x7f.1', '2130706433', '017700000001', '127.1', '8.8', '0x8.8.8.8', '08.8.8.8', '[::1]']],
    ['no address', ['', ' 8.8.8.8', '8.8.8.8 ', '8.8.8.8\n', 'localhost', '8.8.8.8:443', '8.8.8.8/8', '٨.8.8.8']],
  ])('%s › is not public', (_whose, ips) => {
    for (const ip of ips) expect(isPublicAddress(ip), ip).toBe(false);
  });

  test('any notation › is evaluated alike and never throws', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
        const asWords = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const expected = isPublicAddress(ip);
        for (const other of [`::ffff:${ip}`, `::ffff:${asWords}`, `64:ff9b::${asWords}`]) {
          expect(isPublicAddress(other)).toBe(expected);
        }
        expect(isPublicAddress(`2002:${asWords}::1`)).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.ipV6(), fc.ipV4Extended()), (text) => {
        expect(typeof isPublicAddress(text)).toBe('boolean');
      }),
    );
  });
});

describe('host rule', () => {
  test.each([
    ['api.hubapi.com', 'api.hubapi.com'],
    ['api.hubapi.com', 'API.HubAPI.com'],
    ['acme.zendesk.com', '*.zendesk.com'],
    ['a.b.zendesk.com', '*.zendesk.com'],
  ])('%s by the rule %s › is allowed', (hostname, rule) => {
    expect(matchesHost(hostname, rule)).toBe(true);
  });

  test.each([
    ['evil.api.hubapi.com', 'api.hubapi.com'],
    ['api.hubapi.com.evil.example', 'api.hubapi.com'],
    ['api.hubapi.com.', 'api.hubapi.com'],
    ['apixhubapi.com', 'api.hubapi.com'],
    ['zendesk.com', '*.zendesk.com'],
    ['.zendesk.com', '*.zendesk.com'],
    ['evilzendesk.com', '*.zendesk.com'],
    ['acme.zendesk.com.evil.example', '*.zendesk.com'],
    ['acme.zendesk.com.', '*.zendesk.com'],
    ['anything.example', '*'],
    ['anything.example', '*.'],
    ['anything.example.', '*.'],
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '*.0.0.1'],
    ['[::1]', '[::1]'],
  ])('%s by the rule %s › is refused', (hostname, rule) => {
    expect(matchesHost(hostname, rule)).toBe(false);
  });
});

describe('source URL', () => {
  const guard = { hosts: ['api.hubapi.com', '*.zendesk.com'], allowPrivate: false };

  test.each([
    'https://api.hubapi.com/crm/objects',
    'https://acme.zendesk.com',
    'https://ACME.Zendesk.com:443/api?query=a@b',
    'https://ａcme.zendesk。com/',
    // A backslash is a slash to WHATWG URL, and to what dials.
    'https://api.hubapi.com\\@evil.example/',
  ])('%s › is allowed', (url) => {
    expect(mayReach(url, guard)).toBe(true);
    expect(mayReach(new URL(url), guard)).toBe(true);
  });

  test.each([
    'http://api.hubapi.com/',
    'ftp://api.hubapi.com/',
    'file:///etc/passwd',
    'javascript:alert(1)//api.hubapi.com',
    'data:text/html,acme.zendesk.com',
    'https://user@api.hubapi.com/',
    'https://user:password@api.hubapi.com/',
    'https://:password@api.hubapi.com/',
    'https://api.hubapi.com@evil.example/',
    'https://api.hubapi.com%2f@evil.example/',
    'https://evil.example/api.hubapi.com',
    'https://evil.example#api.hubapi.com',
    'https://evil.example\\.zendesk.com/',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::1]/',
    'https://localhost/',
    'https://①②⑦.0.0.1/',
    'https://8.8.8.8/',
    'https://xn--zendesk.com/',
    'api.hubapi.com',
    '//api.hubapi.com',
    '',
    'https://',
  ])('%s › is refused', (url) => {
    expect(mayReach(url, guard)).toBe(false);
  });

  test('private addresses allowed › accepts private hosts and http, still without credentials', () => {
    const open = { hosts: [], allowPrivate: true };
    for (const url of ['http://127.0.0.1:4711', 'https://crm.acme.example', 'http://[::1]/']) {
      expect(mayReach(url, open)).toBe(true);
    }
    for (const url of ['http://user@127.0.0.1', 'ftp://127.0.0.1', 'file:///etc/passwd', 'javascript:1', 'x']) {
      expect(mayReach(url, open)).toBe(false);
    }
  });
});

test.each([
  ['', true],
  [':443', true],
  [':1024', true],
  [':8443', true],
  [':22', false],
  [':80', false],
  [':1023', false],
])('may reach › port %s of a named host › %s', (port, isAllowed) => {
  const address = `https://acme.zendesk.com${port}/api`;
  expect(mayReach(address, { hosts: ['*.zendesk.com'], allowPrivate: false })).toBe(isAllowed);
  expect(mayReach(address, { hosts: ['*.zendesk.com'], allowPrivate: true })).toBe(true);
});
