import { type GoldenLine, matched, none } from './golden-line-for-tests.ts';

/** Malformed and hostile identifiers, each beside customers that a wildcard, a widened or a broken query would find. */
// biome-ignore format: a line is a case
export const hostileLines: GoldenLine[] = [
  // Other characters for the same number.
  ['phone', '\uff0b\uff14\uff14\uff12\uff10\uff17\uff19\uff14\uff16\uff10\uff19\uff10\uff10', '', '+442079460900', ['+44 20 7946 0900'], matched('+44 20 7946 0900'), 'full-width digits'],
  ['phone', '+\u0664\u0664\u0662\u0660\u0667\u0669\u0664\u0666\u0660\u0669\u0660\u0661', '', '+442079460901', ['+44 20 7946 0901'], matched('+44 20 7946 0901'), 'Arabic-Indic digits'],
  ['phone', '\u202e+44 20 7946 0902\u202c\u200f', '', '+442079460902', ['\u202a+44 20 7946 0902\u202c'], matched('+44 20 7946 0902'), 'marks that turn the direction of writing'],
  ['phone', '+44\u200b20\u20607946\ufeff0903', '', '+442079460903', ['+44 20 7946 0903'],               matched('+44 20 7946 0903'), 'characters without width'],
  ['phone', '+44 20\u0000 7946\n0904',         '', '+442079460904', ['+44 20 7946 0904'],               matched('+44 20 7946 0904'), 'NUL and a line break are space'],
  ['phone', '+442079460905\n+442079460906',    '', 'unreadable',    ['+442079460905', '+442079460906'], none,                        'two numbers are none'],
  ['phone', '+44207946090\ud800',              '', 'unreadable',    ['+442079460907'],                  none,                        'half of a surrogate pair'],
  // Queries.
  ['phone',   "' OR 1=1--",                    'US', 'unreadable',     [],                                     none,                             'SQL as a number'],
  ['phone',   '+1 (555) 010-0001;ext=%27 OR 1=1--', '', '+15550100001', ['+1 555 010 0001', '+1 555 010 0002'], matched('+1 555 010 0001'),      'SQL as an extension leaves the number what it is'],
  ['phone',   '+14155550190^ORactive=true',    '',   'unreadable',     ['+14155550190'],                       none,                             'ServiceNow’s operators as a number'],
  ['phone',   '*4155550191',                   'US', 'unreadable',     ['+14155550191'],                       none,                             'a wildcard * as a number'],
  ['phone',   '+1415555019%',                  '',   'unreadable',     ['+14155550192'],                       none,                             'a wildcard % as a number'],
  ['phone',   'javascript:alert(14155550193)', 'US', 'unreadable',     ['+14155550193'],                       none,                             'a script as a number'],
  ['phone',   '<img src=x onerror=alert(1)>4155550194', 'US', 'unreadable', ['+14155550194'],                  none,                             'markup as a number'],
  ['email',   "x'or'1'='1@northwind.example",  '',   "x'or'1'='1@northwind.example", [],                       none,                             'SOQL and OData as an address'],
  ['email',   '%@northwind.example',           '',   '%@northwind.example', ['a@northwind.example'],           none,                             '% as an address is no wildcard'],
  ['email',   '*@fabrikam.example',            '',   '*@fabrikam.example', ['b@fabrikam.example'],             none,                             '* as an address is no wildcard'],
  ['email',   '_92@northwind.example',         '',   '_92@northwind.example', ['c92@northwind.example'],       none,                             '_ as a letter of an address is no wildcard'],
  ['email',   '_93@northwind.example',         '',   '_93@northwind.example', ['_93@northwind.example', 'd93@northwind.example'], matched('_93@northwind.example'), 'and meets itself'],
  ['email',   'ann94^ORactive=true@northwind.example', '', 'ann94^oractive=true@northwind.example', ['ann94@northwind.example'], none,           'ServiceNow’s operators as an address'],
  ['email',   'ann95\\@northwind.example',     '',   'unreadable',     ['ann95@northwind.example'],            none,                             'a backslash in an address'],
  ['email',   'ann96@northwind.example\u0000', '',   'unreadable',     ['ann96@northwind.example'],            none,                             'NUL behind an address'],
  ['email',   'ann97@northwind.example, bo97@northwind.example', '', 'unreadable', ['ann97@northwind.example', 'bo97@northwind.example'], none,  'two addresses are none'],
  ['case',    "{number}' OR '1'='1",           '',   "{number}' OR '1'='1", ['Handset is dead'],               none,                             'SOQL and OData as a case’s number'],
  ['case',    '{number}^ORactive=true',        '',   '{number}^ORACTIVE=TRUE', ['Wants a discount'],           none,                             'ServiceNow’s operators as a case’s number'],
  ['case',    'javascript:gs.getUserID()',     '',   'JAVASCRIPT:GS.GETUSERID()', [],                          none,                             'a script as a case’s number'],
  ['case',    '../../{number}',                '',   '../../{number}', ['Moved house'],                        none,                             'a path as a case’s number', { directory: [matched('{number}'), 'it compares letters and digits alone'] }],
  ['account', 'NW-00081%',                     '',   'NW-00081%',      ['NW-000811'],                          none,                             '% in an account’s number is no wildcard'],
  ['account', 'NW-00082*',                     '',   'NW-00082*',      ['NW-000821'],                          none,                             '* in an account’s number is no wildcard'],
  ['account', 'NW-00083_',                     '',   'NW-00083_',      ['NW-000831'],                          none,                             '_ in an account’s number is no wildcard'],
  ['account', "NW-000841' OR AccountNumber != '", '', "NW-000841' OR ACCOUNTNUMBER != '", ['NW-000841'],       none,                             'SOQL as an account’s number'],
  ['account', 'NW-000851\\',                   '',   'NW-000851\\',    ['NW-000852'],                          none,                             'a backslash at the end of an account’s number'],
  // Too much.
  ['phone',   '9'.repeat(100_000),  'US', 'unreadable',    [],               none, 'a number of 100 kB'],
  ['phone',   `+1${' ('.repeat(60)}415 555 0195${')x'.repeat(60)}`, '', 'unreadable', ['+14155550195'], none, 'brackets and extensions that make patterns slow'],
  ['email',   `${'a.'.repeat(31)}!@${'a-'.repeat(90)}`, '', 'unreadable', [], none, 'dots and hyphens that make patterns slow'],
  ['case',    '0'.repeat(100_000),  '',   'unreadable',    [],               none, 'a case’s number of 100 kB'],
  ['account', `${'1a'.repeat(32)}`, '',   '1A'.repeat(32), [],               none, 'letters and digits by turns, as long as a number may be'],
];
