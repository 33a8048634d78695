import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readCsv } from './csv.ts';
import { type ColumnMapping, readColumns } from './customer-columns.ts';
import type { FileCustomer } from './customer-file.ts';
import { isAccountNumberName } from './customer-index.ts';

/** Each column as the letter of its role; fields are left out. */
function readRoles(header: string, mapping: ColumnMapping = new Map()): Record<string, string> {
  const names = header.split(';').map((name) => name.trim());
  const columns = readColumns(names, mapping);
  return Object.fromEntries(
    columns.flatMap(({ holds }, index) => (holds === 'field' ? [] : [[names[index] ?? '', holds]])),
  );
}

const namesOf = (roles: Record<string, string>, role: string) =>
  Object.keys(roles).filter((name) => roles[name] === role);

async function readCustomers(file: string, mapping?: ColumnMapping): Promise<FileCustomer[]> {
  const customers: FileCustomer[] = [];
  for await (const row of readCsv(Readable.from([Buffer.from(file)]), mapping)) {
    if (row.kind === 'customer') customers.push(row.customer);
  }
  return customers;
}

describe('header of an export', () => {
  it.each([
    {
      system: 'Google, old',
      header:
        'id; Name; Given Name; Additional Name; Family Name; Yomi Name; Nickname; Group Membership; E-mail 1 - Type; E-mail 1 - Value; E-mail 2 - Type; E-mail 2 - Value; Phone 1 - Type; Phone 1 - Value; Phone 2 - Type; Phone 2 - Value; Organization 1 - Type; Organization 1 - Name; Organization 1 - Title',
      phones: ['Phone 1 - Value', 'Phone 2 - Value'],
      emails: ['E-mail 1 - Value', 'E-mail 2 - Value'],
      company: 'Organization 1 - Name',
      name: ['Name', 'Given Name', 'Additional Name', 'Family Name'],
    },
    {
      system: 'Google, new',
      header:
        'id; First Name; Middle Name; Last Name; Phonetic First Name; Phonetic Last Name; Name Prefix; File As; Organization Name; Organization Title; Birthday; Notes; Labels; E-mail 1 - Label; E-mail 1 - Value; Phone 1 - Label; Phone 1 - Value; Phone 2 - Label; Phone 2 - Value; Address 1 - Label; Address 1 - Street',
      phones: ['Phone 1 - Value', 'Phone 2 - Value'],
      emails: ['E-mail 1 - Value'],
      company: 'Organization Name',
      name: ['First Name', 'Middle Name', 'Last Name'],
    },
    {
      system: 'Outlook, English',
      header:
        "ID; Title; First Name; Middle Name; Last Name; Suffix; Company; Department; Assistant's Phone; Business Fax; Business Phone; Business Phone 2; Callback; Car Phone; Company Main Phone; Home Fax; Home Phone; Home Phone 2; ISDN; Mobile Phone; Other Fax; Other Phone; Pager; Primary Phone; TTY/TDD Phone; E-mail Address; E-mail Type; E-mail Display Name; E-mail 2 Address; E-mail 2 Type; E-mail 3 Address; Account; Manager's Name",
      phones: [
        'Business Phone',
        'Business Phone 2',
        'Car Phone',
        'Company Main Phone',
        'Home Phone',
        'Home Phone 2',
        'Mobile Phone',
        'Other Phone',
        'Primary Phone',
        'TTY/TDD Phone',
      ],
      emails: ['E-mail Address', 'E-mail 2 Address', 'E-mail 3 Address'],
      company: 'Company',
      name: ['First Name', 'Middle Name', 'Last Name'],
    },
    {
      system: 'Outlook, German',
      header:
        'id; Anrede; Vorname; Weitere Vornamen; Nachname; Firma; Telefon Assistent; Fax geschäftlich; Telefon geschäftlich; Telefon geschäftlich 2; Rückmeldung; Autotelefon; Telefon Firma; Fax privat; Telefon privat; Telefon (privat 2); Mobiltelefon; Weiteres Fax; Weiteres Telefon; Pager; Haupttelefon; Mobiltelefonnummer; E-Mail-Adresse; E-Mail-Typ; E-Mail: Angezeigter Name; E-Mail 2: Adresse',
      phones: [
        'Telefon geschäftlich',
        'Telefon geschäftlich 2',
        'Autotelefon',
        'Telefon Firma',
        'Telefon privat',
        'Telefon (privat 2)',
        'Mobiltelefon',
        'Weiteres Telefon',
        'Haupttelefon',
        'Mobiltelefonnummer',
      ],
      emails: ['E-Mail-Adresse', 'E-Mail 2: Adresse'],
      company: 'Firma',
      name: ['Vorname', 'Weitere Vornamen', 'Nachname'],
    },
    {
      system: 'Outlook, French',
      header:
        'id; Titre; Prénom; Deuxième prénom; Nom; Société; Télécopie (bureau); Téléphone (bureau); Téléphone 2 (bureau); Téléphone (voiture); Téléphone société; Téléphone (domicile); Tél. mobile; Téléphone (autre); Téléphone principal; Adresse de messagerie; Type de messagerie; Adresse de messagerie 2',
      phones: [
        'Téléphone (bureau)',
        'Téléphone 2 (bureau)',
        'Téléphone (voiture)',
        'Téléphone société',
        'Téléphone (domicile)',
        'Tél. mobile',
        'Téléphone (autre)',
        'Téléphone principal',
      ],
      emails: ['Adresse de messagerie', 'Adresse de messagerie 2'],
      company: 'Société',
      name: ['Prénom', 'Deuxième prénom', 'Nom'],
    },
    {
      system: 'Outlook, Spanish',
      header:
        'id; Nombre; Segundo nombre; Apellidos; Organización; Fax del trabajo; Teléfono del trabajo; Teléfono del trabajo 2; Móvil; Otro teléfono; Teléfono principal; Dirección de correo electrónico; Tipo de correo electrónico',
      phones: ['Teléfono del trabajo', 'Teléfono del trabajo 2', 'Móvil', 'Otro teléfono', 'Teléfono principal'],
      emails: ['Dirección de correo electrónico'],
      company: 'Organización',
      name: ['Nombre', 'Segundo nombre', 'Apellidos'],
    },
    {
      system: 'Salesforce, API',
      header:
        'Id; AccountId; OwnerId; FirstName; LastName; Name; Phone; Fax; MobilePhone; HomePhone; OtherPhone; AssistantPhone; Email; HasOptedOutOfEmail',
      phones: ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone'],
      emails: ['Email'],
      name: ['FirstName', 'LastName', 'Name'],
    },
    {
      system: 'Salesforce, report',
      header:
        'Contact ID; First Name; Last Name; Account Name; Mailing Street; Phone; Mobile; Fax; Email; Email Opt Out',
      phones: ['Phone', 'Mobile'],
      emails: ['Email'],
      company: 'Account Name',
      name: ['First Name', 'Last Name'],
    },
    {
      system: 'HubSpot',
      header:
        'Record ID; First Name; Last Name; Email; Phone Number; Mobile Phone Number; WhatsApp Phone Number; Additional email addresses; Contact owner; Associated Company IDs; Associated Company; Email Domain',
      phones: ['Phone Number', 'Mobile Phone Number', 'WhatsApp Phone Number'],
      emails: ['Email', 'Additional email addresses'],
      company: 'Associated Company',
      name: ['First Name', 'Last Name'],
    },
    {
      system: 'Zendesk',
      header: 'id; name; email; phone; external_id; organization; role; time_zone',
      phones: ['phone'],
      emails: ['email'],
      company: 'organization',
      name: ['name'],
    },
    {
      system: 'Dynamics, Excel',
      header:
        '(Do Not Modify) Contact; (Do Not Modify) Row Checksum; Full Name; Company Name; Email; Business Phone; Mobile Phone',
      phones: ['Business Phone', 'Mobile Phone'],
      emails: ['Email'],
      company: 'Company Name',
      name: ['Full Name'],
    },
    {
      system: 'Dynamics, API',
      header:
        'contactid; fullname; telephone1; telephone2; mobilephone; address1_telephone1; fax; emailaddress1; emailaddress2',
      phones: ['telephone1', 'telephone2', 'mobilephone', 'address1_telephone1'],
      emails: ['emailaddress1', 'emailaddress2'],
      name: ['fullname'],
    },
    {
      system: 'EspoCRM',
      header:
        'ID; Name; First Name; Last Name; Account; Email; Email Address Is Opted Out; Phone; Phone Number Is Invalid',
      phones: ['Phone'],
      emails: ['Email'],
      company: 'Account',
      name: ['Name', 'First Name', 'Last Name'],
    },
    {
      system: 'SuiteCRM',
      header: 'ID; First Name; last_name; phone_home; phone_mobile; phone_work; phone_other; phone_fax; email1',
      phones: ['phone_home', 'phone_mobile', 'phone_work', 'phone_other'],
      emails: ['email1'],
      name: ['First Name', 'last_name'],
    },
    {
      system: 'Pipedrive',
      header:
        'Person - ID; Person - Name; Person - Organization; Person - Email - Work; Person - Phone - Mobile; Organization - ID',
      phones: ['Person - Phone - Mobile'],
      emails: ['Person - Email - Work'],
      company: 'Person - Organization',
      name: ['Person - Name'],
    },
    {
      system: 'an agent CRM',
      header: 'id; full_name; phone_number; mobile; mobile_number; work_phone; work_phone_2; email_address; phone_type',
      phones: ['phone_number', 'mobile', 'mobile_number', 'work_phone', 'work_phone_2'],
      emails: ['email_address'],
      name: ['full_name'],
    },
    {
      system: 'a Vietnamese list',
      header:
        'Mã khách hàng; Họ và tên; Công ty; Số điện thoại; Di động; SĐT nhà riêng; Địa chỉ email; Địa chỉ; Ghi chú',
      phones: ['Số điện thoại', 'Di động', 'SĐT nhà riêng'],
      emails: ['Địa chỉ email'],
      company: 'Công ty',
      name: ['Họ và tên'],
    },
    {
      system: 'a Japanese list',
      header: 'ID; 姓; 名; 会社名; 会社電話; 自宅電話番号; 携帯電話; メールアドレス; 会社FAX; 住所',
      phones: ['会社電話', '自宅電話番号', '携帯電話'],
      emails: ['メールアドレス'],
      company: '会社名',
      name: ['姓', '名'],
    },
    {
      system: 'a Russian list',
      header: 'ID; Имя; Отчество; Фамилия; Организация; Рабочий телефон; Мобильный телефон; Адрес эл. почты; Факс',
      phones: ['Рабочий телефон', 'Мобильный телефон'],
      emails: [],
      company: 'Организация',
      name: ['Имя', 'Отчество', 'Фамилия'],
    },
  ])('$system › each column is read as what it is', ({ header, phones, emails, company, name }) => {
    const roles = readRoles(header);
    expect(namesOf(roles, 'phones')).toEqual(phones);
    expect(namesOf(roles, 'emails')).toEqual(emails);
    expect(namesOf(roles, 'company')).toEqual(company === undefined ? [] : [company]);
    expect(namesOf(roles, 'id')).toEqual([
      header
        .split(';')
        .map((each) => each.trim())
        .find(isId),
    ]);
    const nameRoles = ['name', 'given', 'middle', 'family'];
    expect(Object.keys(roles).filter((each) => nameRoles.includes(roles[each] ?? ''))).toEqual(name);
  });

  it.each([
    ['Phone Type'],
    ['Phone 1 - Label'],
    ['Email Opt Out'],
    ['E-mail Display Name'],
    ['Accepts Email Marketing'],
    ['Emergency Contact Phone'],
    ['Spouse Mobile'],
    ['Phone Model'],
    ['Business Fax'],
    ['Hotel'],
    ['Email Domain'],
    ['Mobile Reason'],
    ['Cell Count'],
    ['Phone or Email'],
    ['x'.repeat(5_000)],
  ])('the column "%s" › stays a field', (name) => {
    expect(readRoles(`id;name;${name}`)).toEqual({ id: 'id', name: 'name' });
  });
});

const isId = (name: string) =>
  /^(?:id|contact ?id|record id|person - id|mã khách hàng|\(do not modify\) contact)$/i.test(name);

describe('mapping by hand', () => {
  it('columns with a role › have it before any other', async () => {
    const mapping: ColumnMapping = new Map([
      ['Kundennr', 'id'],
      ['ansprechpartner', 'name'],
      ['Erreichbar = unter', 'phone'],
      ['Phone', 'field'],
      ['Vertrag', 'account'],
    ]);
    const file = 'Kundennr;id;Ansprechpartner;Name;Erreichbar = unter;Phone;Vertrag\n7;x;Ann;Firm;0170 1;yes;778812\n';
    expect(await readCustomers(file, mapping)).toEqual([
      {
        id: '7',
        name: 'Ann',
        company: undefined,
        phones: ['0170 1'],
        emails: [],
        cases: [],
        interactions: [],
        fields: { id: 'x', Name: 'Firm', Phone: 'yes', accountNumber: '778812' },
      },
    ]);
  });

  it('an unknown column › is refused and the columns are named', () => {
    expect(() => readRoles('id;name;Tel', new Map([['Phone', 'phone']]))).toThrow(
      'no column "Phone" for --map. The columns are "id", "name", "Tel".',
    );
  });

  it('no id, or several equally good ones › asks for the mapping', () => {
    expect(() => readRoles('First Name;Last Name;Phone')).toThrow('--map "COLUMN=id"');
    expect(() => readRoles('Contact ID;User ID;Name')).toThrow('Contact ID, User ID');
  });
});

describe('cells of a customer file', () => {
  it.each([
    ['commas', 'id,name,phone,company\n1,Ann,"+1 415 555 0101","A; B"\n'],
    ['semicolons', 'id;name;phone;company\n1;Ann;+1 415 555 0101;"A; B"\n'],
    ['tabs', 'id\tname\tphone\tcompany\n1\tAnn\t+1 415 555 0101\tA; B\n'],
    ['a declared semicolon', 'sep=;\r\nid;name;phone;company\r\n1;Ann;+1 415 555 0101;"A; B"\r\n'],
  ])('between %s › are told apart', async (_, file) => {
    expect(await readCustomers(file)).toMatchObject([
      { id: '1', name: 'Ann', phones: ['+1 415 555 0101'], company: 'A; B' },
    ]);
  });

  it.each([
    ['as it stands', '="2025550130"', '2025550130'],
    ['quoted again', '"=""0084 912"""', '0084 912'],
    ['with the delimiter', '="1,2"', '1,2'],
    ['with a quote', '="5"" tube"', '5" tube'],
  ])("Excel's text formula %s › is its text", async (_, cell, text) => {
    expect(await readCustomers(`id,name,phone\n1,Ann,${cell}\n`)).toMatchObject([{ phones: [text] }]);
  });

  it.each([
    ['id,First Name,Middle Name,Last Name\n1,Ann,B.,Lee\n', 'Ann B. Lee', {}],
    ['id,姓,名\n1,山田,太郎\n', '山田 太郎', {}],
    ['id,Tên,Họ\n1,An,Trần\n', 'Trần An', {}],
    ['id,Name,First Name\n1,,Ann\n', 'Ann', {}],
    ['id,Name,First Name,Last Name\n1,Ann Lee,Ann,Lee\n', 'Ann Lee', {}],
    ['id,Name,First Name\n1,Ann Lee,Anne\n', 'Ann Lee', { 'First Name': 'Anne' }],
    ['id,First Name,Company\n1,,Northwind\n', 'Northwind', {}],
  ])('name in several columns › %j › is joined', async (file, name, fields) => {
    expect(await readCustomers(file)).toMatchObject([{ name, fields }]);
  });

  it('an id that a spreadsheet has shortened › is rejected, for several customers share it', async () => {
    const reasons: string[] = [];
    for await (const row of readCsv(Readable.from([Buffer.from('id,name\n1.23457E+15,A\n12E34,B\n0035E00001,C\n')])))
      if (row.kind === 'rejected') reasons.push(`${row.line} ${row.reason}`);
    expect(reasons).toEqual(['2 id: is a number that a spreadsheet has shortened; format the column as text']);
  });
});

describe('column of account numbers', () => {
  it.each(['Account Number', 'account_number', 'Account No.', 'Account #', 'Acct Number', 'customer_account_number'])(
    '%j › customers are found by it, and it is no company',
    async (name) => {
      const [customer] = await readCustomers(`id,name,company,${name}\n1,Ann,Northwind,AC-7\n`);
      const [number] = Object.entries(customer?.fields ?? {}).filter(([field]) => isAccountNumberName(field));
      expect([customer?.company, number?.[1]]).toEqual(['Northwind', 'AC-7']);
    },
  );

  it('a second one › is a field', async () => {
    const [customer] = await readCustomers('id,name,Acct No,Account Number\n1,Ann,AC-7,AC-8\n');
    expect(customer?.fields).toEqual({ 'Acct No': 'AC-7', 'Account Number': 'AC-8' });
  });

  it('one that begins like a company › is not the company', async () => {
    const [customer] = await readCustomers('id,name,Account #\n1,Ann,AC-7\n');
    expect([customer?.company, customer?.fields]).toEqual([undefined, { accountNumber: 'AC-7' }]);
  });
});

it.each([
  ['ServiceNow', 'sys_id;name;phone;mobile_phone', 'sys_id', ['phone', 'mobile_phone']],
  ['Apple', 'Identifier;First name;Last name;Phone : mobile', 'Identifier', ['Phone : mobile']],
  ['customer number', 'Customer Number;Name;Mob.;Ph No', 'Customer Number', ['Mob.', 'Ph No']],
  ['customer number beside an id', 'Contact ID;Customer Number;Name;Phone #', 'Contact ID', ['Phone #']],
] as const)('header of %s › names the id and the phones', (_system, header, id, phones) => {
  const roles = readRoles(header);
  expect([namesOf(roles, 'id'), namesOf(roles, 'phones')]).toEqual([[id], phones]);
});
