import { toPlainText } from './plain-text.ts';

/**
 * How telephone systems write "no number", in the languages they speak: FreePBX, Asterisk, Kazoo, FRITZ!Box, Zoom,
 * Android, and the display texts of operators. Compared without case, accents and punctuation.
 */
const withheldWords = `
anonym|unbekannt|unbekannte nummer|unbekannter anrufer|unbekannter teilnehmer|anonymer anrufer|anonymer anruf|unterdrückt
|rufnummer unterdrückt|nummer unterdrückt|unterdrückte nummer|unterdrückte rufnummer|rufnummernunterdrückung
|keine rufnummer|keine nummer|ohne rufnummer|ohne nummer|privat|private nummer|verborgen|verborgene nummer|gesperrt
|nicht verfügbar|rufnummer nicht verfügbar|nummer nicht verfügbar|nicht übermittelt|versteckt|unterdrueckt|geheim
|inconnu|inconnue|numéro inconnu|appelant inconnu|appel inconnu|anonyme|appel anonyme|numéro anonyme|appelant anonyme
|masqué|numéro masqué|appel masqué|masque|numero masque|privé|numéro privé|appel privé|caché|numéro caché|indisponible
|numéro indisponible|non disponible|secret|numéro secret|confidentiel|numéro confidentiel|identité refusée|non identifié
|sans numéro|restreint|numéro restreint|non communiqué
|desconocido|desconocida|número desconocido|llamada desconocida|anónimo|anónima|llamada anónima|número anónimo|oculto
|número oculto|llamada oculta|privado|número privado|llamada privada|restringido|número restringido|no disponible
|reservado|sin identificar|sin número|no identificado|número no identificado|bloqueado|número bloqueado|secreto
|desconhecido|número desconhecido|chamador desconhecido|chamada desconhecida|anônimo|anônima|chamada anónima
|chamada anônima|confidencial|número confidencial|restrito|número restrito|não disponível|indisponível|sem número
|não identificado|número não identificado|sem identificação|chamada não identificada
|sconosciuto|numero sconosciuto|chiamante sconosciuto|chiamata sconosciuta|anonimo|numero anonimo|chiamata anonima
|privato|numero privato|chiamata privata|nascosto|numero nascosto|riservato|numero riservato|oscurato|non identificato
|onbekend|onbekend nummer|onbekende beller|nummer onbekend|anoniem|anonieme beller|anoniem nummer|afgeschermd
|afgeschermd nummer|nummer afgeschermd|privénummer|privé nummer|geheim nummer|geblokkeerd|niet beschikbaar
|okänd|okänt|okänt nummer|okänd uppringare|dolt|dolt nummer|dold|hemligt|hemligt nummer|hemlig|skyddat nummer|skyddat
|ej tillgängligt|otillgänglig|ukjent|ukjent nummer|ukjent anroper|skjult|skjult nummer|hemmelig|hemmelig nummer
|ikke tilgjengelig|utilgjengelig|ukendt|ukendt nummer|ukendt opkalder|hemmeligt|hemmeligt nummer|privat nummer
|ikke tilgængelig|utilgængelig|udeladt|tuntematon|tuntematon numero|tuntematon soittaja|nimetön|salainen
|salainen numero|piilotettu|estetty|yksityinen|yksityinen numero|anonyymi|ei saatavilla|óþekkt|óþekkt númer
|nieznany|nieznane|numer nieznany|nieznany numer|anonimowy|anonim|numer prywatny|prywatny|zastrzeżony
|numer zastrzeżony|ukryty|numer ukryty|niedostępny|brak numeru|neznámý|neznámé|neznámé číslo|neznámý volající|anonymní
|skryté|skryté číslo|skrytý|soukromé|soukromé číslo|soukromý|utajené|utajený|nedostupné|nedostupný|neveřejné|neznámy
|neznáme číslo|anonymný|súkromné číslo|súkromný|ismeretlen|ismeretlen szám|ismeretlen hívó|névtelen|rejtett
|rejtett szám|privát|privát szám|titkos|titkos szám|magánszám|nem elérhető|necunoscut|număr necunoscut|ascuns
|număr ascuns|număr privat|indisponibil|restricționat|nepoznat|nepoznat broj|nepoznato|anoniman|skriven|skriven broj
|skriveni broj|privatan|privatni broj|nedostupan|neznan|neznana številka|anonimno|skrita številka|zasebno|tundmatu
|anonüümne|varjatud|varjatud number|nezināms|anonīms|slēpts numurs|nežinomas|nežinomas numeris|anonimas|paslėptas
|desconegut|número desconegut|anònim|ocult|número ocult|descoñecido
|неизвестный|неизвестный номер|неизвестно|неизвестен|неизвестный абонент|номер неизвестен|аноним|анонимный|анонимно
|анонимный вызов|анонимный номер|скрытый|скрытый номер|скрыт|номер скрыт|номер не определен|номер не определён
|не определен|не определён|не определяется|частный номер|личный номер|недоступен|заблокирован|конфиденциально
|засекречен|без номера|нет номера|невідомий|невідомий номер|невідомо|анонім|анонімний|прихований|прихований номер
|номер приховано|приватний|приватний номер|недоступний|анонимен|скрит|скрит номер|частен номер|непознат|непознат број
|άγνωστος|άγνωστο|άγνωστος αριθμός|ανώνυμος|ανώνυμη κλήση|ανώνυμο|απόρρητο|απόρρητος|απόκρυψη|απόκρυψη αριθμού
|κρυφός αριθμός|ιδιωτικός|ιδιωτικός αριθμός|μη διαθέσιμο|μη διαθέσιμος
|bilinmeyen|bilinmeyen numara|bilinmiyor|gizli|gizli numara|özel numara|gizlenmiş|engellenmiş|numara yok
|לא ידוע|מספר לא ידוע|אנונימי|חסוי|מספר חסוי|פרטי|מספר פרטי|חסום|מוסתר|לא זמין
|مجهول|رقم مجهول|متصل مجهول|غير معروف|رقم غير معروف|خاص|رقم خاص|محجوب|رقم محجوب|مخفي|رقم مخفي|غير متاح|غير متوفر
|ناشناس|شماره ناشناس|نامشخص|خصوصی|شماره خصوصی|پنهان|अज्ञात|अज्ञात नंबर|निजी|निजी नंबर|अनजान|अनजान नंबर
|ไม่ทราบ|ไม่ทราบหมายเลข|ไม่รู้จัก|ส่วนตัว|หมายเลขส่วนตัว|เบอร์ส่วนตัว|ไม่แสดงหมายเลข|ปกปิด|ไม่ระบุชื่อ|นิรนาม
|ẩn danh|nặc danh|vô danh|không xác định|số không xác định|không rõ|không rõ số|không biết|số ẩn|ẩn số|số riêng|riêng tư
|số riêng tư|số bị ẩn|bị ẩn|bị chặn|giấu số|không có số|không hiển thị số|không khả dụng|người gọi ẩn danh
|số lạ|người gọi không xác định|tidak dikenal|nomor tidak dikenal|tidak diketahui|nomor tidak diketahui|pribadi
|nomor pribadi|disembunyikan|nomor disembunyikan|tersembunyi|tidak tersedia|dirahasiakan|nombor tidak diketahui
|nombor peribadi|peribadi
|非通知|非通知設定|番号非通知|ユーザ非通知|不通知|通知不可|通知不可能|表示圏外|圏外|公衆電話|サービス競合|不明|番号不明|発信者不明|不明な発信者
|匿名|非表示|未知|未知号码|未知號碼|未知来电|未知來電|匿名来电|匿名來電|隐藏号码|隱藏號碼|隐藏|隱藏|私人号码|私人號碼|私人|私密号码|私密號碼
|未显示号码|未顯示號碼|未显示|未顯示|无号码|無號碼|保密|保密号码|保密號碼|号码保密|不详|不詳|无法显示|無法顯示|受限|受限号码|无来电显示|無來電顯示
|无主叫号码|不显示号码|발신번호표시제한|발신번호제한|발신자표시제한|발신자정보없음|알수없음|알수없는번호|익명|비공개|비공개번호|번호없음|표시제한|공중전화
|미확인|제한된번호
|anon|withheld|anonymous|restricted|private|unknown|unavailable|blocked|hidden|suppressed|undisclosed|unidentified
|not available|not provided|not known|not disclosed|out of area|out of service area|payphone|pay phone
|coin line/payphone|coin line|interaction with other service|prohibited|presentation restricted|presentation prohibited
|presentation not allowed|privacy|privacy manager|unspecified|unlisted|none|null|undefined|nil|n/a|na|no data
|caller id|callerid|clir|unavail|priv|p|o|asterisk
`;

const words = new Set(withheldWords.split('|').map((word) => toWords(toPlainText(word))));

/** Words around an English one that say nothing: `Private Number`, `Unknown caller`, `No Caller ID`. */
const filler = /(?:^| )(?:caller|call|number|id|name|no|cid|cli|user|phone)(?= |$)/g;

/** CallerInfo of Android: unknown, private, pay phone. */
const androidNumbers = new Set(['-1', '-2', '-3']);

/**
 * The same words on a keypad, 266696687 being ANONYMOUS. RESTRICTED, 7378742833, is also a number in Texas, so it
 * counts only behind a bare plus.
 */
const keypadWords = /^(?:\+?(?:266696687|2562533|8656696|86282452253|0+)|\+7378742833)$/;

/** `plain`: of `toPlainText`. */
export function isWithheld(plain: string): boolean {
  const user = (plain.split('@', 1)[0] ?? '').replace(/^["'<(]*(?:sips?:|tel:)?\s*/, '');
  if (/^[\s"'<>()]*$/.test(user)) return true;
  const phrase = toWords(user);
  if (androidNumbers.has(user) || keypadWords.test(user)) return true;
  return words.has(phrase) || words.has(phrase.replaceAll(' ', '')) || isEnglish(phrase);
}

function isEnglish(phrase: string): boolean {
  if (!/^[a-z ]+$/.test(phrase)) return false;
  const rest = phrase.replace(filler, '').trim();
  return rest === '' ? phrase.startsWith('no ') : words.has(rest);
}

function toWords(text: string): string {
  const letters = /^[ -~]*$/.test(text) ? text : stripAccents(text);
  return letters
    .replace(/[_.,;:!/"'<>()[\]-]/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
}

/** A system may speak a language without its accents. */
function stripAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đıłø]/g, (letter) => ({ đ: 'd', ı: 'i', ł: 'l', ø: 'o' })[letter] ?? letter);
}
