/**
 * Words that people write beside a number. All patterns are for texts of `toPlainText`, so the words go through it too.
 */
import { toPlainText } from './plain-text.ts';

const labels = toPattern(`
home|house|cell|cellphone|cellular|mobile|mob|mbl|work|office|business|biz|direct|main|fax|other|whatsapp|wa|viber|zalo
|telegram|tel|telephone|phone|ph|voice|landline|personal|private|primary|secondary|day|night|evening|assistant|pager
|number|no|h|c|m|o|w|t|p|f
|privat|handy|mobil|mobiltelefon|büro|geschäftlich|dienstlich|festnetz|arbeit|zuhause|telefon|rufnummer|zentrale
|domicile|bureau|portable|fixe|travail|maison|téléphone|professionnel|personnel
|casa|móvil|celular|cel|trabajo|oficina|fijo|teléfono|telf|tlf|telemóvel|trabalho|fixo|residencial|comercial|telefone
|escritório|cellulare|ufficio|lavoro|abitazione|fisso|telefono
|thuis|mobiel|werk|kantoor|vast|telefoon|hem|arbete|jobb|hjem|arbejde|koti|työ|puh|dom|komórka|kom|praca|stacjonarny
|domů|práce|mobilní|otthon|munkahely|acasă|serviciu
|моб|мобильный|дом|домашний|раб|рабочий|сот|сотовый|тел|телефон|факс
|cep|ev|iş|faks|σπίτι|κινητό|εργασία|τηλ|בית|נייד|עבודה|جوال|منزل|عمل|هاتف
|di động|dđ|đt|đtdđ|điện thoại|nhà|nhà riêng|cơ quan|cq|máy bàn|số|sđt|rumah|kantor|hp
|携帯|自宅|会社|電話|勤務先|手机|手機|家|公司|电话|座机|办公|住宅|휴대폰|집|회사|전화|핸드폰|บ้าน|มือถือ|ที่ทำงาน|โทร
`);

const extensions = toPattern(`
extension|extn|extens|exten|ext|xtn|x|#|~|int|interno|interne|anexo|anx|ramal|rml|extensión|extensão|poste|pte|toestel|tst
|durchwahl|dw|nebenstelle|nst|klappe|klapka|kl|linka|apparat|app|anknytning|ankn|lokal|lokalnummer|alanumero
|wew|wewn|wewnętrzny|mellék|mell|доб|добавочный|вн|внутр|внутренний|вътр|εσωτ|εσωτερικό|dahili|dah|שלוחה|تحويلة|داخلي
|داخلی|ต่อ|máy lẻ|máy nhánh|nhánh|số lẻ|số nội bộ|pesawat|psw|samb|內線|内线|内線|分機|分机|转|轉|내선
`);

const gap = '[\\s.:,=#°º-]*';
export const labelPatterns = {
  /** `Tel: `, `Work phone 2: `, `(home) ` in front of a number. */
  leadingLabel: new RegExp(
    `^(?:\\p{L}{1,12}\\s?\\.?:|[([]?(?:${labels})(?:\\s(?:${labels}))*[)\\]]?(?:\\s?\\d?\\s?[:.-]|\\s))\\s*(?=[+(\\d])`,
    'u',
  ),
  /** ` home`, ` (cell)`, `, mobile` behind it. */
  trailingLabel: new RegExp(
    `(?:\\s*\\(\\p{L}[\\p{L}. ]{0,20}\\)|(?<=[\\d)])[\\s,:-]*[([]?(?:${labels})(?:\\s(?:${labels}))*\\.?[)\\]]?)\\s*$`,
    'u',
  ),
  writtenExtension: new RegExp(
    `[\\s,;([-]*(?:${extensions})${gap}(?:no\\.?|nr\\.?|n°)?${gap}(\\d{1,8})\\s*#?\\s*[)\\]]?$`,
    'u',
  ),
  dialledExtension: /(?:(?:,[,;\s]+|;\s*)(\d{1,8})|(?:,|[pw]+)\s*(\d{1,5}))#?$/,
  /** `503-1234 - 12#` */
  hashExtension: /[\s-]+(\d{1,6})#$/,
};

/** Longest first, so that a word is not read as a shorter one. */
function toPattern(words: string): string {
  const plain = words.split('|').map((word) => toPlainText(word));
  return [...new Set(plain)]
    .filter((word) => word !== '')
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
}
