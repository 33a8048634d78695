/**
 * Reads the header of a customer file: the columns of Google, Outlook, Salesforce, HubSpot, Zendesk, Dynamics, EspoCRM
 * and their like, in the languages in which they export. The tables below are all that is known of them.
 *
 * A column holds phones or e-mails if its whole name consists of known words, one of them a word for a phone or an
 * e-mail: `Phone 1 - Value`, `MobilePhone`, `E-mail 2 Address`. `Phone 1 - Type`, `Fax` and `Assistant's Phone` do not.
 * Any other column is a field of its name.
 */

import { AppError } from '../../platform/errors.ts';
import { foldLetters } from '../../platform/fold-letters.ts';
import { showName } from './customer-file.ts';
import { isAccountNumberName } from './customer-index.ts';

export type Column =
  | { holds: 'id' | 'name' | 'company' | 'phones' | 'emails' }
  | { holds: 'given' | 'middle' | 'family'; name: string; isFamilyFirst: boolean }
  | { holds: 'field'; name: string };

/** By `--map`: the name of a column, and its role by hand. */
export type ColumnMapping = ReadonlyMap<string, MappedRole>;

export type MappedRole = (typeof mappedRoles)[number];

export const mappedRoles = [
  'id',
  'name',
  'first-name',
  'last-name',
  'company',
  'phone',
  'email',
  'account',
  'field',
] as const;

export function isMappedRole(role: string): role is MappedRole {
  return mappedRoles.some((known) => known === role);
}

const numbers = '1 2 3 4 5 6 7 8 9 10 first second third';

/** Without accents, spaces and case. */
const phoneWords = `
  phone phones telephone tel tele phno telno mobile mob mobiles cell cellular landline whatsapp zalo gsm
  telefon telefonnummer mobil handy rufnummer festnetz fon mobilfunk mobiltelefon autotelefon haupttelefon
  portable fixe telefono telefonico movil celular fijo cellulare fisso telefone telemovel fixo telefoon mobiele mobiel
  komorka komorkowy telefonu mobilni mobilny telefonszam puhelin matkapuhelin ceptelefonu
  dienthoai didong sdt sodt maydidong mayban τηλεφωνο κινητο телефон мобильный сотовый тел моб телефону мобільний
  電話 携帯 電話番号 携帯電話 电话 手机 移动电话 手机号 手機 行動電話 전화 전화번호 휴대폰 핸드폰 휴대전화 هاتف جوال موبايل โทรศัพท์ มือถือ טלפון נייד
  telepon ponsel hp nohp`;

const emailWords = `
  email emails mail emailadresse emailadres emailadress epost epostadress eposta courriel messagerie correo correoelectronico
  correio correioeletronico postaelettronica pec sahkoposti thudientu почта элпочта электроннаяпочта имейл
  メール メールアドレス 電子メール eメール 电子邮件 邮箱 电子邮箱 邮件 電子郵件 이메일 전자메일 메일  อีเมล بريد بريدالكتروني`;

/** May stand beside those: no fax, type, label or extension, and no other person such as an assistant. */
const otherWords = `
  ${numbers} number numbers no nr num value address addresses addr hs the
  home house work business office main primary secondary other alternate alternative additional private personal direct
  default preferred company account organization contact customer client user person lead car radio day daytime evening
  billing shipping mailing tty tdd
  nummer adresse geschaftlich privat dienstlich firma haupt weiteres weitere arbeit buro auto zentrale kunde kunden
  numero bureau domicile travail maison voiture societe principal professionnel personnel autre pro perso adr
  trabajo casa particular oficina otro otra principal coche automovil empresa cliente contacto direccion electronica
  ufficio uff abitazione lavoro altro principale indirizzo posta azienda
  comercial residencial trabalho outro outra endereco
  thuis werk zakelijk prive ander andere overige bedrijf adres
  sluzbowy sluzbowa domowy glowny inny praca dom kontaktowy kontakt adresa prace domu szam cim
  arbete hem bostad ovrig jobb arbeid kotiin tyo koti osoite arbejde
  ev is cep diger sirket numarasi adresi
  so chinh phu nharieng nha coquan congty canhan khachhang lienhe ban diachi
  рабочий домашний основной другой дополнительный переносной служебный личный номер адрес организации
  会社 自宅 番号 アドレス その他 勤務先 公司 住宅 办公 商务 家庭 移动 联系 号码 地址 号 其他 회사 집 자택 번호 주소 직장 기타
  nomor alamat
  de del du des la le l les do da dos di della dello dell a al en op at of and on
`;

/** In order of rank; each line is one rank. */
const idNames = [
  'id',
  'recordid contactid customerid personid clientid userid leadid hsobjectid recordidcontact contactrecordid donotmodifycontact customercode customerno kundenid idcliente codigocliente idclient idklienta makhachhang makh',
  'externalid uniqueexternalid uniqueid guid uuid',
  'accountid companyid organizationid donotmodifyaccount',
  'sysid',
  'identifier',
  'customernumber kundennummer kundennr numeroclient numerocliente',
];

const fullNames = `
  name fullname displayname contactname customername clientname personname leadname contactfullname
  vollstandigername anzeigename kundenname nomcomplet nombrecompleto nominativo nomecompleto volledigenaam imieinazwisko
  adsoyad adisoyadi fullstandigtnamn hovaten hoten tenkhachhang tendaydu фио полноеимя 氏名 姓名 名前 お名前 성명 fullnavn namalengkap nama`;

/** A name that is the given name where another column holds the family name, else the full name; or the reverse. */
const givenOrFull = 'nombre nome naam ad adi imie имя 이름 名字 ten';
const familyOrFull = 'nom';

const givenNames = `
  firstname givenname forename fname first given contactfirstname
  vorname prenom nombres primernombre nomeproprio primeironome voornaam fornamn fornavn etunimi keresztnev utonev jmeno isim
  名 namadepan`;

const middleNames = `
  middlename additionalname mname middle weiterevornamen zweitervorname deuxiemeprenom segundonombre secondonome
  nomedomeio tussenvoegsel отчество tendem dem mellannamn mellomnavn`;

const familyNames = `
  lastname familyname surname lname last family contactlastname
  nachname familienname nomdefamille apellidos apellido primerapellido cognome sobrenome apelido achternaam nazwisko
  efternamn efternavn etternavn sukunimi prijmeni soyad soyadi soyisim фамилия namabelakang`;

/** Family names that stand before the given name. */
const leadingFamilyNames = 'ho hodem hovatendem 姓 성 vezeteknev csaladnev';

const companyNames = `
  company companyname billingcompany defaultaddresscompany organization organisation organizationname organisationname organization1name accountname account
  associatedcompany primaryassociatedcompany primarycompany businessname employer personorganization
  firma firmenname unternehmen entreprise societe nomdelasociete raisonsociale empresa nombredelaempresa organizacion
  compania azienda societa ragionesociale organizacao bedrijf bedrijfsnaam foretag firmanavn virksomhed yritys ceg sirket
  sirketadi spolecnost nazwafirmy congty tencongty donvi tendonvi компания организация названиекомпании 会社 会社名 公司 公司名称
  单位 회사 회사명 perusahaan`;

/** Of the customer's account; a column `Account Number` is one by its name (customer-index.ts). */
const accountNumbers = `
  accountnumber accountno accountnr accountnum acctnumber acctno acctnr acctnum customeraccountnumber customeraccountno
  clientaccountnumber useraccountnumber`;

const words = (list: string): Set<string> => new Set(list.split(/\s+/).filter(Boolean).map(compact));

const known = {
  phones: words(phoneWords),
  emails: words(emailWords),
  others: words(otherWords),
  ids: idNames.map(words),
  full: words(fullNames),
  givenOrFull: words(givenOrFull),
  familyOrFull: words(familyOrFull),
  given: words(givenNames),
  middle: words(middleNames),
  family: words(familyNames),
  leadingFamily: words(leadingFamilyNames),
  company: words(companyNames),
  account: words(accountNumbers),
};

const maxWordLength = Math.max(...[known.phones, known.emails, known.others].flatMap((set) => [...set]).map(lengthOf));

/** Names longer than this are fields; the contract of `fields` limits them. */
const maxNameLength = 80;

export function readColumns(header: string[], mapping: ColumnMapping): Column[] {
  const names = header.map((cell, index) => cell.trim().normalize('NFC') || `column ${index + 1}`);
  const assignment = { names, compactNames: names.map(toCompactName), roles: mapRoles(names, mapping) };
  assignId(assignment);
  assignNames(assignment);
  if (!names.some(isAccountNumberName)) {
    assignFirst(assignment, 'account', (compactName) => known.account.has(compactName));
  }
  assignFirst(assignment, 'company', (compactName) => known.company.has(compactName));
  const columns = names.map((name, index) => toColumn(name, assignment.roles[index] ?? readValueRole(name)));
  refuseDuplicates(columns);
  return columns;
}

type Role = Column['holds'] | 'leading-family' | 'account';

/** `roles`: by column, undefined so far where the role depends on the other columns or on the words of the name. */
type Assignment = { names: string[]; compactNames: string[]; roles: (Role | undefined)[] };

const rolesByHand: Record<MappedRole, Role> = {
  id: 'id',
  name: 'name',
  'first-name': 'given',
  'last-name': 'family',
  company: 'company',
  phone: 'phones',
  email: 'emails',
  account: 'account',
  field: 'field',
};

function mapRoles(names: string[], mapping: ColumnMapping): (Role | undefined)[] {
  const fold = (name: string) => name.trim().normalize('NFC').toLowerCase();
  const byName = new Map([...mapping].map(([name, role]) => [fold(name), rolesByHand[role]]));
  const roles = names.map((name) => byName.get(fold(name)));
  const missing = [...mapping.keys()].find((name) => !names.some((each) => fold(each) === fold(name)));
  if (missing !== undefined) {
    throw new AppError(
      'invalid_request',
      `The header has no column "${showName(missing)}" for --map. ${listNames(names)}`,
    );
  }
  return roles;
}

function assignId(assignment: Assignment): void {
  const { roles } = assignment;
  if (!roles.includes('id')) {
    const ranks = known.ids.map((rank) => indexesOf(assignment, (name) => rank.has(name)));
    for (const index of ranks.find((indexes) => indexes.length > 0) ?? []) roles[index] = 'id';
  }
  requireOne(assignment, 'id');
}

function assignNames(assignment: Assignment): void {
  const { roles } = assignment;
  const assign = (role: Role, set: Set<string>) => {
    for (const index of indexesOf(assignment, (name) => set.has(name))) roles[index] = role;
  };
  const has = (...wanted: Role[]) => wanted.some((role) => roles.includes(role));
  assign('middle', known.middle);
  assign('family', known.family);
  assign('leading-family', known.leadingFamily);
  if (!has('given')) assign('given', known.given);
  if (has('family', 'leading-family') && !has('given')) assign('given', known.givenOrFull);
  if (has('given') && !has('family', 'leading-family')) assign('family', known.familyOrFull);
  if (!has('name')) {
    const exact = indexesOf(assignment, (name) => name === 'name');
    for (const index of exact) roles[index] = 'name';
    if (exact.length === 0) assignFirst(assignment, 'name', (name) => known.full.has(name));
    const mayStandAlone = (name: string) => known.givenOrFull.has(name) || known.familyOrFull.has(name);
    if (!has('name', 'given', 'family', 'leading-family')) assignFirst(assignment, 'name', mayStandAlone);
  }
  if (!has('given', 'family', 'leading-family') || roles.indexOf('name') !== roles.lastIndexOf('name')) {
    requireOne(assignment, 'name');
  }
}

function assignFirst(assignment: Assignment, role: Role, isName: (compactName: string) => boolean): void {
  const [first] = assignment.roles.includes(role) ? [] : indexesOf(assignment, isName);
  if (first !== undefined) assignment.roles[first] = role;
}

/** Of the columns without a role. */
function indexesOf({ compactNames, roles }: Assignment, isName: (compactName: string) => boolean): number[] {
  return compactNames.flatMap((name, index) => (roles[index] === undefined && isName(name) ? [index] : []));
}

function requireOne({ names, roles }: Assignment, needed: 'id' | 'name'): void {
  const found = names.filter((_, index) => roles[index] === needed);
  if (found.length === 1) return;
  const problem =
    found.length === 0
      ? `has no column "${needed}"`
      : `has more than one column "${needed}" (${found.map(showName).join(', ')})`;
  throw new AppError(
    'invalid_request',
    `The header ${problem}. Name it by hand: --map "COLUMN=${needed}". ${listNames(names)}`,
  );
}

function listNames(names: string[]): string {
  const shown = names.slice(0, 20).map((name) => `"${showName(name)}"`);
  return `The columns are ${shown.join(', ')}${names.length > shown.length ? ', …' : ''}.`;
}

function toColumn(name: string, role: Role): Column {
  if (role === 'field') return { holds: 'field', name };
  if (role === 'account') return { holds: 'field', name: 'accountNumber' };
  if (role === 'given' || role === 'middle' || role === 'family') return { holds: role, name, isFamilyFirst: false };
  if (role === 'leading-family') return { holds: 'family', name, isFamilyFirst: true };
  return { holds: role };
}

function refuseDuplicates(columns: Column[]): void {
  const seen = new Set<string>();
  for (const column of columns) {
    if (!('name' in column)) continue;
    if (seen.has(column.name)) {
      throw new AppError('invalid_request', `The header has more than one column "${showName(column.name)}".`);
    }
    seen.add(column.name);
  }
}

function readValueRole(name: string): 'phones' | 'emails' | 'field' {
  const pieces = splitPieces(name);
  if (pieces.join('').length > maxNameLength) return 'field';
  const holdsPhone = consistsOf(pieces, known.phones);
  const holdsEmail = consistsOf(pieces, known.emails);
  if (holdsPhone === holdsEmail) return 'field';
  return holdsPhone ? 'phones' : 'emails';
}

/**
 * Whether the pieces are a row of words from the set and of other words, at least one from the set. A word is several
 * pieces (`correo electrónico`), one, or a part of one (`mobilephone`) unless it is so short that it may be chance.
 */
function consistsOf(pieces: string[], set: Set<string>): boolean {
  const text = pieces.join('');
  const edges = new Set(pieces.map((_, index) => pieces.slice(0, index).join('').length)).add(text.length);
  const mayBeWord = (start: number, end: number) => {
    const isWhole = edges.has(start) && edges.has(end);
    const crossesEdge = [...edges].some((edge) => edge > start && edge < end);
    return isWhole || (!crossesEdge && (end - start > 2 || !/^[a-z]+$/.test(text.slice(start, end))));
  };
  // By position: whether the text before it is such a row, without and with a word from the set.
  const plain = [true];
  const named = [false];
  for (let end = 1; end <= text.length; end++) {
    for (let start = Math.max(0, end - maxWordLength); start < end; start++) {
      if ((!plain[start] && !named[start]) || !mayBeWord(start, end)) continue;
      const word = text.slice(start, end);
      const isOther = known.others.has(word);
      if (isOther && plain[start]) plain[end] = true;
      if ((isOther && named[start]) || set.has(word)) named[end] = true;
    }
  }
  return named[text.length] === true;
}

/** At separators, capitals and numbers. */
function splitPieces(name: string): string[] {
  return withoutRecordKind(name)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{L})(\p{Nd})/gu, '$1 $2')
    .replace(/(\p{Nd})(\p{L})/gu, '$1 $2')
    .replace(/\be[- ](?=mail|post)/gi, 'e')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map(compact)
    .filter((piece) => piece !== '');
}

function toCompactName(name: string): string {
  return compact(withoutRecordKind(name).replace(/^(account|acct|customer)\s*[#№]$/iu, '$1 number'));
}

/** Exports of several kinds of records name the kind in front: `Person - Name`. */
function withoutRecordKind(name: string): string {
  return name.replace(/^(?:person|contact|customer|lead|user|requester)\s*[-:.]\s*(?=\p{L})/iu, '');
}

function compact(text: string): string {
  return foldLetters(text).replace(/[^\p{L}\p{N}]/gu, '');
}

function lengthOf(word: string): number {
  return word.length;
}
