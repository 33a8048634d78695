/**
 * Fields with which a stranger could impersonate or harm the customer. A caller id is no proof, because numbers are
 * lent, shared and forged, so these fields stay hidden until the agent verifies the caller. They are known by words of
 * their names, in the languages of the panel and those in which CRMs are set up.
 */

/** Anywhere in a name without accents, spaces and case. */
const parts = compactAll(`
  birth geburt naissance datedenaiss fechanac datanasc nacimiento nascita nascimento geboorte urodzeni fodsel fodelse narozeni syntyma szulet ngaysinh namsinh noisinh
  рожден народж 生年月日 誕生日 出生 生日 생년월일 생일
  socialsecurity sozialversicherung securitesociale seguridadsocial nationalinsurance nationalid identitynumber identitycard
  idnumber personalausweis ausweisnummer cartedidentite documentodeidentidad cartaidentita identiteitsbewijs
  codicefiscale cancuoc chungminh socccd socmnd паспорт снилс 身份证 身分證 マイナンバー 주민등록 passport reisepass passeport pasaporte
  passaporto paspoort hochieu pasfoto 护照 旅券 여권
  dlnumber driverslicen drivinglicen driverlicen fuhrerschein permisdeconduire carnetdeconducir patente rijbewijs banglai giayphepl 運転免許 驾驶证
  taxid taxnumber taxcode taxidentification steuernummer steuerid numerofiscal masothue
  bankaccount bankacct accountpin accountpassword sotaikhoan taikhoannganhang kontonummer bankverbindung comptebancaire cuentabancaria
  contobancario rekeningnummer routingnumber sortcode 口座 银行账号 银行卡 계좌
  cardnumber cardno ccnumber creditcard debitcard kreditkarte kartennummer cartebancaire numerodecarte tarjeta cartadicredito
  numerocartao sothe thetindung номеркарты クレジット 信用卡 카드번호 cardverification cardsecurity cardexp
  password passwort kennwort motdepasse contrasena palavrapasse parolachiave wachtwoord losenord adgangskode salasana
  passphrase passcode matkhau пароль パスワード 密码 密碼 비밀번호 geheim 暗証番号
  pincode pinnumber pinno onetimecode onetimepass verificationcode securitycode securitynumber maxacthuc maxacminh
  securityquestion securityanswer securityword securityphrase memorableword codeword codewort sicherheitswort sicherheitsfrage sicherheitscode cauhoibaomat
  apikey accesskey accesstoken authtoken privatekey recoverycode backupcode
  maidenname madchenname mothersname motherbirth 母亲 旧姓 hotenme
  diagnos medical medicare medicaid healthinsurance healthid krankenversicher krankenkasse patient benhan benhly bhyt baohiemyte
  bloodtype blutgruppe allerg salary gehalt salaire salario stipendio tienluong mucluong income einkommen ingresos thunhap creditscore schufa
  kreditwurd religion ethnic disability`);

/** Whole words of a name. */
const wholeWords = new Set(
  compactAll(`
  dob bday ssn nin nino cccd cmnd pesel curp aadhaar bsn nif dni cpf cnp rg nric mykad rrn insz egn oib ahv tin itin
  vatid pin pins pwd cvv cvv2 cvc cvc2 cid csc otp totp mfa 2fa puk iban bic passnr mother credential credentials
  cmt stk cpr aadhar bvn ktp personnummer haslo secret secrets инн снилс geb пин`),
);

/** Two whole words side by side. */
const wordPairs = ['id card', 'ten me'].map((pair) => pair.split(' '));

/** Whole words that are common words of other languages too: they count in capitals, or as the whole name. */
const acronyms = new Set(['sin', 'pan', 'nie', 'ein', 'tan', 'luong']);

function compactAll(list: string): string[] {
  return list.split(/\s+/).filter(Boolean).map(simplifyFieldName).map(withoutAccents);
}

/** Shown in place of the value; its length says nothing. */
export const hiddenValue = '•••';

/** A field's name without case and separators. */
export function simplifyFieldName(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

function withoutAccents(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/đ/g, 'd')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/ß/g, 'ss');
}

function splitWords(name: string): string[] {
  return withoutAccents(name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase()).split(/[^\p{L}\p{N}]+/u);
}

/** By its name, or by the settings of the source. */
export function isSensitive(name: string, sensitiveFields: readonly string[]): boolean {
  const simple = simplifyFieldName(name);
  const plain = withoutAccents(simple);
  return (
    parts.some((part) => plain.includes(part)) ||
    wholeWords.has(plain) ||
    acronyms.has(plain) ||
    splitWords(name).some((word) => wholeWords.has(word)) ||
    splitWords(name).some((word, index, words) =>
      wordPairs.some(([first, second]) => word === first && words[index + 1] === second),
    ) ||
    (name.match(/\p{Lu}{3,}/gu) ?? []).some((word) => acronyms.has(word.toLowerCase())) ||
    sensitiveFields.some((each) => simplifyFieldName(each) === simple)
  );
}
