import { type GoldenLine, matched, matchedBy, none } from './golden-line-for-tests.ts';

/** Forms found in exports, WhatsApp, telephone systems and address books, with fictional numbers. */
// biome-ignore format: a line is a case
export const fieldPhoneLines: GoldenLine[] = [
  // Spreadsheets.
  ['phone', '+4930231250201', '',  '+4930231250201', ['493023125020.1', '493023125020.0'], none,                              'spreadsheet: a decimal part is no digit of another’s number'],
  ['phone', '+12025550103', 'US',  '+12025550103',  ['2025550103.0'],             matchedBy('spreadsheet', '2025550103.0'),      'spreadsheet: a float without its country code'],
  ['phone', '+8484912345', 'VN', '+8484912345',   ['84,912,345,675'],           none,                                          'spreadsheet: what follows a comma is no extension'],
  ['phone', '+442079460000', '',   '+442079460000', ['4.4207946E+11', '4.42079E+11'], none,                                      'spreadsheet: an exponent that lost digits is nobody’s number'],
  ['phone', '+442079460208', '',   '+442079460208', ['="+442079460208"'],         matched('="+442079460208"'),                   'spreadsheet: a formula of a text'],
  ['phone', '+442079460209', '',   '+442079460209', ["'+442079460209"],           matched("'+442079460209"),                     'spreadsheet: an apostrophe in front'],
  ['phone', '+442079460210', '',   '+442079460210', ['=+442079460210'],           matched('=+442079460210'),                     'spreadsheet: a formula of a number'],
  ['phone', '+442079460211', '',   '+442079460211', ['442079460211.5'],           none,                                          'spreadsheet: a fraction is no number'],
  // WhatsApp.
  ['phone', '442079460212@c.us',                '', '+442079460212', ['+44 20 7946 0212'], matched('+44 20 7946 0212'), 'WhatsApp: an id of a contact'],
  ['phone', '442079460213@s.whatsapp.net',      '', '+442079460213', ['+44 20 7946 0213'], matched('+44 20 7946 0213'), 'WhatsApp: an id of its network'],
  ['phone', '442079460214:76@s.whatsapp.net',   '', '+442079460214', ['+44 20 7946 0214'], matched('+44 20 7946 0214'), 'WhatsApp: an id with a device'],
  ['phone', 'whatsapp:+442079460215',           '', '+442079460215', ['+44 20 7946 0215'], matched('+44 20 7946 0215'), 'WhatsApp: an address of a messaging service'],
  ['phone', '442079460216@lid',                 '', 'unreadable',    ['+44 20 7946 0216'], none,                        'WhatsApp: a hidden id is no number'],
  ['phone', '442079460217-1600000000@g.us',     '', 'unreadable',    ['+44 20 7946 0217'], none,                        'WhatsApp: a group is no number'],
  ['phone', '442079460218@northwind.example',   '', 'unreadable',    ['+44 20 7946 0218'], none,                        'digits of an e-mail are no number'],
  ['phone', '+442079460219',                    '', '+442079460219', ['442079460219@lid', '442079460219@northwind.example'], none, 'WhatsApp: a stored hidden id is no number'],
  ['phone', 'sips:+442079460220@pbx.example',   '', '+442079460220', ['+44 20 7946 0220'], matched('+44 20 7946 0220'), 'a secure SIP address with a number in it'],
  // Extensions.
  ['phone', '+12025550107', 'US', '+12025550107', ['(202) 555-0107 (ext. 12)'], matched('(202) 555-0107 (ext. 12)'), 'extension: in brackets, national'],
  ['phone', '+12025550121', '',   '+12025550121', ['+1 202 555 0121 ~ 22'],     matched('+1 202 555 0121 ~ 22'),     'extension: behind a tilde'],
  ['phone', '+12025550122', '',   '+12025550122', ['+1 202-555-0122x143'],      matched('+1 202-555-0122x143'),      'extension: behind an x without space'],
  ['phone', '+12025550123', '',   '+12025550123', ['+12025550123;ext=143'],     matched('+12025550123;ext=143'),     'extension: a stored parameter'],
  ['phone', '+12025550124', '',   '+12025550124', ['+12025550124,,,143#'],      matched('+12025550124,,,143#'),      'extension: stored as it is dialled'],
  ['phone', '+12025550125', '',   '+12025550125', ['+1 202 555 0125 доб. 143'], matched('+1 202 555 0125 доб. 143'), 'extension: in Russian'],
  ['phone', '+12025550126', '',   '+12025550126', ['+1 202 555 0126 máy lẻ 14'], matched('+1 202 555 0126 máy lẻ 14'), 'extension: in Vietnamese'],
  ['phone', '089/234567-10', 'DE', '+498923456710 directory-country', ['089/234567-10'], matched('089/234567-10'),     'Germany: a direct dial behind a hyphen is a part of the number'],
  ['phone', '+4989234567', 'DE',  '+4989234567',  ['089/234567-11'],            none,                                'Germany: without its direct dial it is another number'],
  // Several in a cell.
  ['phone', '+12025550131', '',   '+12025550131', ['+1 202-555-0131 ::: +1 212-555-0131'],     matched('+1 202-555-0131'), 'several in a cell: the first of Google’s'],
  ['phone', '+12025550132', '',   '+12025550132', ['+1 212-555-0132 ::: +1 202-555-0132'],     matched('+1 202-555-0132'), 'several in a cell: the second of Google’s'],
  ['phone', '+12025550133', '',   '+12025550133', ['+1 212-555-0133; +1 202-555-0133'],        matched('+1 202-555-0133'), 'several in a cell: a semicolon'],
  ['phone', '+12025550134', 'US', '+12025550134', ['212-555-0134 / 202-555-0134'],             matched('202-555-0134'),    'several in a cell: a slash between national numbers'],
  ['phone', '+12025550135', '',   '+12025550135', ['+12125550135 - +12025550135'],             matched('+12025550135'),    'several in a cell: a hyphen between whole numbers'],
  // Renumbered plans.
  ['phone', '+5511987654323', 'BR', '+5511987654323', ['(11) 8765-4323'],     matchedBy('former-number', '(11) 8765-4323'),      'Brazil: a stored mobile without its ninth digit'],
  ['phone', '+55 31 8000-0151', '', '+5531980000151', ['+55 31 98000-0151'],  matchedBy('former-number', '+55 31 98000-0151'),   'Brazil: a caller without the ninth digit'],
  ['phone', '+5521980000152',   '', '+5521980000152', ['+55 21 8000-0152'],   matchedBy('former-number', '+55 21 8000-0152'),    'Brazil: a stored one with its country code'],
  ['phone', '+552130000153',    '', '+552130000153',  ['+55 21 93000-0153'],  none,                                              'Brazil: a landline has no ninth digit'],
  ['phone', '+84390000154',   'VN', '+84390000154',   ['0169 000 0154'],      matchedBy('former-number', '0169 000 0154'),       'Vietnam: a stored mobile of eleven digits'],
  ['phone', '+84 120 000 0155', '', '+84700000155',   ['+84 70 000 0155'],    matchedBy('former-number', '+84 70 000 0155'),     'Vietnam: a caller of eleven digits'],
  ['phone', '+842438220157',  'VN', '+842438220157',  ['(04) 3822 0157'],     matchedBy('former-number', '(04) 3822 0157'),      'Vietnam: a former area'],
  ['phone', '+225 05 00 01 61', '', '+2250505000161', ['+225 05 05 00 01 61'], matchedBy('former-number', '+225 05 05 00 01 61'), 'Côte d’Ivoire: a caller with eight digits'],
  ['phone', '+2290197000162',   '', '+2290197000162', ['+229 97 00 01 62'],   matchedBy('former-number', '+229 97 00 01 62'),    'Benin: a stored number of eight digits'],
  ['phone', '+48225121818',   'PL', '+48225121818',   ['+48 (0) 22 512 18 18'], matchedBy('former-number', '+48 (0) 22 512 18 18'), 'Poland: a zero in brackets'],
  ['phone', '+48225121822',   'PL', '+48225121822',   ['0-22 512 18 22'],     matchedBy('former-number', '0-22 512 18 22'),      'Poland: a stored number with its old trunk zero'],
  // Zeros of a trunk.
  ['phone', '+35226123421', '',     '+35226123421',   ['+352 (0) 26 12 34 21'], matched('+352 (0) 26 12 34 21'),   'Luxembourg: a zero in brackets is no digit'],
  ['phone', '+0491570117',  'AU',   '+61491570117 directory-country', ['0491 570 117'], matched('0491 570 117'),   'Australia: a plus before a trunk zero'],
  ['phone', '+61491570158', 'AU',   '+61491570158',   ['+61 (0)491 570 158'], matched('+61 (0)491 570 158'),       'Australia: a zero in brackets'],
  ['phone', '+442079460222', 'GB',  '+442079460222',  ['+020 7946 0222'],     matched('+020 7946 0222'),           'Britain: a stored plus before a trunk zero'],
  // Forms of a caller.
  ['phone', '"John Doe" <2025550138>',  'US', '+12025550138 directory-country', ['202-555-0138'],      matched('202-555-0138'),     'a caller with a name, as Asterisk writes one'],
  ['phone', '"Lee" <+442079460223>',    '',   '+442079460223',                  ['+44 20 7946 0223'],  matched('+44 20 7946 0223'), 'a caller with a name and a country code'],
  ['phone', '491713920046',             'US', '+491713920046 international',    ['+49 171 392 0046'],  matched('+49 171 392 0046'), 'digits without a plus are an international number'],
  ['phone', '2025550141',               'US', '+12025550141 directory-country', ['+1 202 555 0141'],   matched('+1 202 555 0141'),  'digits without a plus are a number of the directory’s country first'],
  ['phone', '442079460224',             '',   '+442079460224 international',    ['+44 20 7946 0224'],  matched('+44 20 7946 0224'), 'digits without a plus or any country are an international number'],
  ['phone', '"2025550142" <sip:2025550142@pbx.example>', 'US', '+12025550142 directory-country', ['+1 202 555 0142'], matched('+1 202 555 0142'), 'a caller with a SIP address behind a name'],
  // Withheld.
  ...['-1', 'ANON', 'Unbekannt', 'Inconnu', 'Número oculto', 'Numero privato', 'Anoniem', 'Dolt nummer', 'Zastrzeżony', 'Неизвестный', 'Απόρρητο', 'Gizli Numara', 'חסוי', 'رقم خاص', '非通知', '未知号码', '발신번호표시제한', 'Số riêng', 'ไม่แสดงหมายเลข', 'Nomor tidak dikenal', 'No Caller ID', '<anonymous>'].map(
    (word): GoldenLine => ['phone', word, 'DE', 'withheld', [word], none, `nobody is called ${word}`],
  ),
  ['phone', 'Onbekend', '', 'withheld', ['Onbekend'], none, 'a withheld caller’s word in Dutch'],
  ['phone', 'Okänt', '', 'withheld', ['Okänt'], none, 'a withheld caller’s word in Swedish'],
  ['phone', 'Tuntematon', '', 'withheld', ['Tuntematon'], none, 'a withheld caller’s word in Finnish'],
  ['phone', 'Bilinmeyen', '', 'withheld', ['Bilinmeyen'], none, 'a withheld caller’s word in Turkish'],
  ['phone', 'Ismeretlen', '', 'withheld', ['Ismeretlen'], none, 'a withheld caller’s word in Hungarian'],
  ['phone', 'Nieznany', '', 'withheld', ['Nieznany'], none, 'a withheld caller’s word in Polish'],
  ['phone', 'Sconosciuto', '', 'withheld', ['Sconosciuto'], none, 'a withheld caller’s word in Italian'],
];
