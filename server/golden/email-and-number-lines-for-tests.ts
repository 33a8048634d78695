import { ambiguous, type GoldenLine, matched, matchedBy, none } from './golden-line-for-tests.ts';

// biome-ignore format: a line is a case
export const emailLines: GoldenLine[] = [
  ['email', 'ann01@northwind.example',      '', 'ann01@northwind.example', ['ann01@northwind.example'], matched('ann01@northwind.example'), 'an address meets itself'],
  ['email', 'Ann02@NorthWind.example',      '', 'ann02@northwind.example', ['ann02@northwind.example'], matched('ann02@northwind.example'), 'capitals do not count'],
  ['email', 'ann03@northwind.example',      '', 'ann03@northwind.example', ['Ann03@Northwind.example'], matched('Ann03@Northwind.example'), 'nor stored ones', { hubspot: [matched('ann03@northwind.example'), 'it keeps addresses in lower case'] }],
  ['email', ' ann04@northwind.example\n',   '', 'ann04@northwind.example', ['ann04@northwind.example'], matched('ann04@northwind.example'), 'space around it does not count'],
  ['email', '"Lee, Ann" <ann05@northwind.example>', '', 'ann05@northwind.example', ['ann05@northwind.example'], matched('ann05@northwind.example'), 'a display name does not count'],
  ['email', 'mailto:ann06@northwind.example?subject=Hi', '', 'ann06@northwind.example', ['ann06@northwind.example'], matched('ann06@northwind.example'), 'a mailto: address is one'],
  ['email', 'ann07+shop@northwind.example', '', 'ann07+shop@northwind.example', ['ann07+shop@northwind.example', 'ann07@northwind.example'], matched('ann07+shop@northwind.example'), 'a tag behind a plus is part of the address'],
  ['email', 'ann08+shop@northwind.example', '', 'ann08+shop@northwind.example', ['ann08@northwind.example'], none,                      'and an address without it is another'],
  ['email', 'ann09@bücher.example',         '', 'ann09@xn--bcher-kva.example', ['ann09@xn--bcher-kva.example'], matched('ann09@xn--bcher-kva.example'), 'a domain in letters beyond ASCII meets its ASCII form'],
  ['email', 'ann16@bücher.example', '', 'ann16@xn--bcher-kva.example', ['ann16@bücher.example'], matched('ann16@bücher.example'), 'and itself, as it is written'],
  ['email', 'ann17@xn--bcher-kva.example', '', 'ann17@xn--bcher-kva.example', ['Ann17@Bücher.example'], matched('Ann17@Bücher.example'), 'and its ASCII form meets it', { hubspot: [matched('ann17@bücher.example'), 'it keeps addresses in lower case'] }],
  ['email', '"ann ten"@northwind.example',  '', 'unreadable', ['ann.ten@northwind.example'],   none,                                    'a quoted name is not looked up'],
  ['email', "o'brien11@northwind.example",  '', "o'brien11@northwind.example", ["o'brien11@northwind.example"], matched("o'brien11@northwind.example"), 'an apostrophe is a letter like others'],
  ['email', 'ann\u200b12\uff20northwind.example', '', 'ann12@northwind.example', ['ann12@northwind.example'], matched('ann12@northwind.example'), 'what has no width, and a wide @, do not count'],
  ['email', 'ann13@northwind.example',      '', 'ann13@northwind.example', [['other13@northwind.example', 'ann13@northwind.example']], matched('ann13@northwind.example'), 'a second address'],
  ['email', 'desk14@northwind.example',     '', 'desk14@northwind.example', ['desk14@northwind.example', 'desk14@northwind.example'], ambiguous('desk14@northwind.example', 'desk14@northwind.example'), 'two who share an address are both named'],
  ['email', 'ann15@northwind.example',      '', 'ann15@northwind.example', ['joann15@northwind.example', 'ann15@northwind.example.net', 'ann-15@northwind.example'], none, 'what only holds it is another'],
  ['email', 'anonymous@anonymous.invalid',  '', 'unreadable', [],                              none,                                    'a domain that can be nobody’s is not looked up'],
  // Mailboxes, letter case and fields of the field.
  ['email', 'annblee42@gmail.com',          '', 'annblee42@gmail.com', ['ann.b.lee42@gmail.com'],  matchedBy('same-mailbox', 'ann.b.lee42@gmail.com'), 'Gmail: dots do not count'],
  ['email', 'annblee43+shop@gmail.com',     '', 'annblee43+shop@gmail.com', ['annblee43@gmail.com'], matchedBy('same-mailbox', 'annblee43@gmail.com'), 'Gmail: nor does a tag'],
  ['email', 'annblee44@googlemail.com',     '', 'annblee44@googlemail.com', ['annblee44@gmail.com'], matchedBy('same-mailbox', 'annblee44@gmail.com'), 'Gmail: it has two domains'],
  ['email', 'annblee45@northwind.example',  '', 'annblee45@northwind.example', ['ann.b.lee45@northwind.example'], none,  'dots of any other provider count'],
  ['email', 'ann50@northwind.example',      '', 'ann50@northwind.example', ['one50@northwind.example ::: ann50@northwind.example'], matched('ann50@northwind.example'), 'the second of two addresses in a field'],
  ['email', 'ann51@northwind.example',      '', 'ann51@northwind.example', ['one51@northwind.example; ann51@northwind.example'], matched('ann51@northwind.example'), 'and behind a semicolon'],
  ['email', 'ismail46@northwind.example',   '', 'ismail46@northwind.example', ['İSMAİL46@NORTHWIND.EXAMPLE'], matchedBy('folded-case', 'İSMAİL46@NORTHWIND.EXAMPLE'), 'a stored Turkish capital İ', { zendesk: [none, 'a query holds one address, and another search would cost as much again'], hubspot: [matchedBy('folded-case', 'i̇smai̇l46@northwind.example'), 'it keeps addresses in lower case'] }],
  ['email', 'İsmail47@northwind.example',   '', 'ismail47@northwind.example', ['ismail47@northwind.example'], matchedBy('folded-case', 'ismail47@northwind.example'), 'a sender’s Turkish capital İ'],
  ['email', '\uff41\uff4e\uff4e48@northwind.example', '', 'ann48@northwind.example', ['ann48@northwind.example'], matchedBy('folded-case', 'ann48@northwind.example'), 'a sender’s full-width letters'],
  ['email', 'ann49@northwind.example',      '', 'ann49@northwind.example', ['Ann Lee <ann49@northwind.example>'], matched('Ann Lee <ann49@northwind.example>'), 'a stored display name', { hubspot: [matched('ann lee <ann49@northwind.example>'), 'it keeps addresses in lower case'] }],
  ['email', 'ann53@northwind.example',      '', 'ann53@northwind.example', ['"Lee, Ann" <ann53@northwind.example>'], matched('"Lee, Ann" <ann53@northwind.example>'), 'a stored display name in quotation marks', { hubspot: [matched('"lee, ann" <ann53@northwind.example>'), 'it keeps addresses in lower case'] }],
  ['email', 'ann52@northwind.example',      '', 'ann52@northwind.example', ['mailto:ann52@northwind.example'], matched('mailto:ann52@northwind.example'), 'a stored mailto: address'],
  ['email', 'ann54@northwind.example',      '', 'ann54@northwind.example', ['one54@northwind.example / Ann Lee <ann54@northwind.example>'], matched('Ann Lee <ann54@northwind.example>'), 'a display name behind another address', { hubspot: [matched('ann lee <ann54@northwind.example>'), 'it keeps addresses in lower case'] }],
];

// biome-ignore format: a line is a case
export const numberLines: GoldenLine[] = [
  ['case',    '{number}',                 '', '{number}',   ['Router restarts'],                    matched('{number}'),                 'a case’s number means whose case it is'],
  ['case',    ' #{lower}',                '', '{number}',   ['Invoice is wrong'],                   matched('{number}'),                 'as people type it: small letters, a hash, a space'],
  ['case',    '{digits}',                 '', '{digits}',   ['Delivery is late'],                   matched('{number}'),                 'as a keypad gives it'],
  ['case',    '\u202a{wide}\u202c\u200b', '', '{number}',   ['Line is noisy'],                      matched('{number}'),                 'full width, and marks that cannot be seen'],
  ['case',    '{number}9',                '', '{number}9',  ['Wrong plan'],                         none,                                'a number that goes on is another'],
  ['case',    '99999999',                 '', '99999999',   [],                                     none,                                'a number that no case has'],
  ['case',    '###',                      '', 'unreadable', [],                                     none,                                'signs without letter or digit are no number'],
  ['account', 'NW-000801',                '', 'NW-000801',  ['NW-000801'],                          matched('NW-000801'),                'an account’s number means who has it'],
  ['account', ' #nw-000802 ',             '', 'NW-000802',  ['NW-000802'],                          matched('NW-000802'),                'as people type it'],
  ['account', 'NW-000803',                '', 'NW-000803',  ['NW-000803', 'NW-000803'],             ambiguous('NW-000803', 'NW-000803'), 'two who share an account are both named'],
  ['account', 'NW-000804',                '', 'NW-000804',  ['NW-0008041', 'XNW-000804', '000804'], none,                                'a part of a number, or more than it, is another'],
  ['account', 'NW-000899',                '', 'NW-000899',  [],                                     none,                                'a number that no account has'],
];
