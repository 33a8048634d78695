import { ambiguous, assumed, type GoldenLine, matched, matchedBy, none } from './golden-line-for-tests.ts';

const unaskedSpelling =
  'no operator of its looks past separators, and this way of writing is not among those asked for';
const readAtImport = 'what an import could not read, for want of a country, is never found';

/** How people, files and telephone systems write a number: all of them fictional. */
// biome-ignore format: a line is a case
export const phoneLines: GoldenLine[] = [
  // Ways of writing.
  ['phone', '+14155550100',         '',   '+14155550100',  ['+14155550100'],          matched('+14155550100'),          'E.164 meets itself'],
  ['phone', '+14155550101',         '',   '+14155550101',  ['+1 (415) 555-0101'],     matched('+1 (415) 555-0101'),     'E.164 meets brackets and a hyphen'],
  ['phone', '+1.415.555.0102',      '',   '+14155550102',  ['+1-415-555-0102'],       matched('+1-415-555-0102'),       'dots meet hyphens'],
  ['phone', '+1 (415) 555-0103',    '',   '+14155550103',  ['+1.415.555.0103'],       matched('+1.415.555.0103'),       'brackets meet dots'],
  ['phone', '+1 415 555 0104',      '',   '+14155550104',  ['+1 415 5550104'],        matched('+1 415 5550104'),        'spaces meet fewer spaces'],
  ['phone', '0044 20 7946 0001',    '',   '+442079460001', ['+44 20 7946 0001'],      matched('+44 20 7946 0001'),      'the prefix 00 is read as a plus'],
  ['phone', '011 44 20 7946 0002',  'US', '+442079460002', ['+44 (0)20 7946 0002'],   matched('+44 (0)20 7946 0002'),   'the prefix 011 is read as a plus, and (0) is no digit'],
  ['phone', '+44 (0)20 7946 0003',  '',   '+442079460003', ['00442079460003'],        matched('00442079460003'),        '+(0) meets a stored 00'],
  ['phone', '+442079460004',        '',   '+442079460004', ['011 44 20 7946 0004'],   matched('011 44 20 7946 0004'),   'E.164 meets a stored 011'],
  ['phone', 'tel:+44-20-7946-0005', '',   '+442079460005', ['tel:+442079460005'],     matched('tel:+442079460005'),     'a tel: address meets another'],
  ['phone', '+442079460006',        '',   '+442079460006', ['+44 207 946 0006'],      matched('+44 207 946 0006'),      'digits grouped otherwise than their country does are the same'],
  ['phone', '+442079460007',        '',   '+442079460007', ['+44 2 079 4 6 0 007'],   matched('+44 2 079 4 6 0 007'),   'digits in groups of nobody’s are the same', { servicenow: [none, unaskedSpelling] }],
  ['phone', '+493023125008',        '',   '+493023125008', ['+49 30 23125\u2013008'], matched('+49 30 23125\u2013008'), 'a dash of another kind is a separator'],
  // National forms, read in the source's country.
  ['phone', '(415) 555-0110',     'US', '+14155550110 directory-country',   ['+14155550110'],               matched('+14155550110'),         'a national number is read in the source’s country'],
  ['phone', '+14155550111',       'US', '+14155550111',   ['(415) 555-0111'],             matched('(415) 555-0111'),       'a number stored without a country is read in the source’s'],
  ['phone', '1 415 555 0112',     'US', '+14155550112 directory-country',   ['4155550112'],                 matched('4155550112'),           'the 1 before a North American number is no digit of it'],
  ['phone', '+14155550113',       '',   '+14155550113',   ['(415) 555-0113'],             assumed('US', '(415) 555-0113'), 'without a country of the source, the caller’s own is assumed and said', { directory: [none, readAtImport] }],
  ['phone', '+442079460014',      '',   '+442079460014',  ['020 7946 0014'],              assumed('GB', '020 7946 0014'),  'and with a trunk zero', { directory: [none, readAtImport] }],
  ['phone', '4155550115',         '',   'unreadable',     ['+14155550115', '4155550115'], none,                            'a national number without any country is not guessed'],
  ['phone', '020 7946 0016',      'GB', '+442079460016 directory-country',  ['+442079460016'],              matched('+442079460016'),        'Britain: the trunk zero is no digit'],
  ['phone', '+447700900017',      'GB', '+447700900017',  ['07700 900017'],               matched('07700 900017'),         'Britain: a stored mobile with its trunk zero'],
  ['phone', '030/23125-018',      'DE', '+493023125018 directory-country',  ['+49 (0)30 23125018'],         matched('+49 (0)30 23125018'),   'Germany: a slash after the area'],
  ['phone', '+491713920019',      'DE', '+491713920019',  ['0171 3920019'],               matched('0171 3920019'),         'Germany: a stored mobile with its trunk zero'],
  ['phone', '01.99.00.00.20',     'FR', '+33199000020 directory-country',   ['+33 1 99 00 00 20'],          matched('+33 1 99 00 00 20'),    'France: pairs with dots meet pairs with spaces'],
  ['phone', '+33639980021',       'FR', '+33639980021',   ['06 39 98 00 21'],             matched('06 39 98 00 21'),       'France: a stored mobile with its trunk zero'],
  ['phone', '+39 06 0000 0022',   'IT', '+390600000022',  ['06 0000 0022'],               matched('06 0000 0022'),         'Italy: the leading zero is a digit'],
  ['phone', '+39 6 0000 0023',    '',   '+39600000023',   ['+39 06 0000 0023'],           none,                            'Italy: without its zero it is another number'],
  ['phone', '028 3822 0024',      'VN', '+842838220024 directory-country',  ['(028) 3822 0024'],            matched('(028) 3822 0024'),      'Vietnam: a landline'],
  ['phone', '+84 900 000 025',    'VN', '+84900000025',   ['0900.000.025'],               matched('0900.000.025'),         'Vietnam: a mobile with dots'],
  ['phone', '03-0000-0026',       'JP', '+81300000026 directory-country',   ['+81 3-0000-0026'],            matched('+81 3-0000-0026'),      'Japan: hyphens'],
  ['phone', '+91 90000 00027',    'IN', '+919000000027',  ['090000 00027'],               matched('090000 00027'),         'India: a stored mobile with its trunk zero'],
  ['phone', '+55 11 90000-0028',  'BR', '+5511900000028', ['(011) 90000-0028'],           matched('(011) 90000-0028'),     'Brazil: an area with its trunk zero'],
  ['phone', '+61491570156',       'AU', '+61491570156',   ['0491 570 156'],               matched('0491 570 156'),         'Australia: a mobile in threes'],
  ['phone', '+52 55 0000 0030',   '',   '+525500000030',  ['+52 1 55 0000 0030'],         matchedBy('former-number', '+52 1 55 0000 0030'),   'Mexico: the 1 that mobiles had until 2019 is no digit'],
  ['phone', '+5215500000031',     '',   '+525500000031',  ['+525500000031'],              matchedBy('former-number', '+525500000031'),        'Mexico: nor where the caller has it'],
  ['phone', '+54 9 11 0000-0032', '',   '+5491100000032', ['+5491100000032'],             matched('+5491100000032'),       'Argentina: the 9 of mobiles is a digit'],
  ['phone', '+54 11 0000-0033',   '',   '+541100000033',  ['+54 9 11 0000-0033'],         none,                            'Argentina: without its 9 it is a landline'],
  ['phone', '+5491100000034',     'AR', '+5491100000034', ['011 15-0000-0034'],           matched('011 15-0000-0034'),     'Argentina: a mobile as it is dialled at home'],
  ['phone', '+65 6000 0035',      'SG', '+6560000035',    ['6000 0035'],                  matched('6000 0035'),            'Singapore: eight digits, no trunk zero'],
  ['phone', '03 000 0036',        'NZ', '+6430000036 directory-country',    ['+64 3 000 0036'],             matched('+64 3 000 0036'),       'New Zealand: seven digits behind an area'],
  ['phone', '020-000 0037',       'NL', '+31200000037 directory-country',   ['+31 (0)20 000 0037'],         matched('+31 (0)20 000 0037'),   'the Netherlands: a hyphen after the area'],
  // Other people's numbers.
  ['phone', '+14155550140',  '',   '+14155550140',  ['+494155550140'],                        none,                        'the same national number in another country is another number'],
  ['phone', '+442079460141', '',   '+442079460141', ['+31 20 7946 0141', '+44 20 7946 0141'], matched('+44 20 7946 0141'), 'of two countries’ people with one national number, the caller’s'],
  ['phone', '+442079460142', 'DE', '+442079460142', ['020 7946 0142'],                        none,                        'a stored national number is of the source’s country, not of the caller’s'],
  ['phone', '+14155550143',  '',   '+14155550143',  ['+1 415 555 01439', '555 0143', '+1 212 555 0199 ext. 5550143'], none, 'a longer number, its last digits and an extension are not it'],
  // Extensions.
  ['phone', '+1 415 555 0150 ext. 204', '', '+14155550150', ['+1 415 555 0150'],      matched('+1 415 555 0150'),      'a caller’s extension is no digit'],
  ['phone', 'tel:+14155550151;ext=204', '', '+14155550151', ['+14155550151'],         matched('+14155550151'),         'nor as a parameter'],
  ['phone', '+1 415 555 0152,,204#',    '', '+14155550152', ['+1 415 555 0152'],      matched('+1 415 555 0152'),      'nor as it is dialled'],
  ['phone', '+14155550153',             '', '+14155550153', ['+1 415 555 0153 x204'], matched('+1 415 555 0153 x204'), 'a stored extension is no digit'],
  // One field, several numbers; one person, several fields.
  ['phone', '+14155550155', '', '+14155550155', ['+1 415 555 0154 / +1 415 555 0155'],    matched('+1 415 555 0155'),      'one of two numbers in one field'],
  ['phone', '+14155550156', '', '+14155550156', [['+1 212 555 0156', '+1 415 555 0156']], matched('+1 415 555 0156'), 'a number in the second phone field'],
  ['phone', '+14155550157', '', '+14155550157', [['+1 212 555 0157', '+1 312 555 0157', '+1 415 555 0157']], matched('+1 415 555 0157'), 'a number in the third', { hubspot: [none, 'nothing documents a calculated form of its third, WhatsApp’s'] }],
  ['phone', '+14155550158', '', '+14155550158', [['+1 415 555 0158', '+14155550158']],    matched('+1 415 555 0158'), 'a person who has it in two fields is one person'],
  // Shared.
  ['phone', '+14155550160', '', '+14155550160', ['+14155550160', '+1 (415) 555-0160'], ambiguous('+14155550160', '+1 (415) 555-0160'), 'two who share a line, however each has it, are both named'],
  ['phone', '+14155550161', '', '+14155550161', [{ company: 'Northwind', holds: ['+14155550161'] }, { company: 'Northwind', holds: ['+14155550161'] }], ambiguous('+14155550161', '+14155550161'), 'two of one company who share its line are both named'],
  ['phone', '+14155550162', '', '+14155550162', [['+14155550162', '+1 212 555 0162'], ['+1 212 555 0162', '+14155550162']], ambiguous('+14155550162', '+14155550162'), 'one person stored twice is not joined by guessing'],
  ['phone', '+14155550164',                '',   '+14155550164', ['+1 415 555 0164', '+1 4155 550 164'], ambiguous('+1 415 555 0164', '+1 4155 550 164'), 'two who share a line, one of them in groups of nobody’s', { salesforce: [matched('+1 415 555 0164'), 'its fields are read through only where its index names nobody: that takes minutes'] }],
  ['phone', '+14155550163', '', '+14155550163', Array(12).fill('+14155550163'),        ambiguous(...Array(12).fill('+14155550163')), 'of twelve who share a switchboard ten are named and all are counted'],
  // No number.
  ['phone', 'anonymous',                       '',   'withheld',     ['anonymous'],                          none,                       'nobody is called “anonymous”'],
  ['phone', 'Restricted',                      'US', 'withheld',     [],                                     none,                       'a restricted number'],
  ['phone', '+266696687',                      '',   'withheld',     ['+266696687'],                         none,                       'ANONYMOUS on a keypad, though it stands in the source'],
  ['phone', 'sip:anonymous@anonymous.invalid', '',   'withheld',     [],                                     none,                       'an anonymous SIP address'],
  ['phone', 'sip:+14155550170@pbx.example;user=phone', '', '+14155550170', ['+1 415 555 0170'],              matched('+1 415 555 0170'), 'a SIP address with a number in it'],
  ['phone', 'sip:ann.lee@pbx.example',         '',   'unreadable',   [],                                     none,                       'a SIP address with a name in it'],
  ['phone', '1-800-FLOWERS',                   'US', 'unreadable',   ['1-800-FLOWERS', '+1 800 356 9377'],   none,                       'letters are not dialled into digits'],
  ['phone', '204',                             'US', 'extension',    ['204', '+1 415 555 0204'],             none,                       'an extension'],
  ['phone', '911',                             'US', 'short-code',   ['911'],                                none,                       'an emergency number'],
  ['phone', '72771',                           'US', 'short-code',   ['72771'],                              none,                       'a short code of text messages'],
  ['phone', '+44 20 7946',                     '',   'unreadable',   ['+44 20 7946'],                        none,                       'a number cut short'],
  ['phone', '+4420794601790000',               '',   'unreadable',   ['+442079460179', '+4420794601790000'], none,                       'a number that goes on'],
];
