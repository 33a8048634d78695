/* Subjects of cases and past contacts, in the customer's language. */

export type Speech = { subjects: string[]; summaries: string[] };

export const speeches = {
  en: {
    subjects: [
      'Router keeps restarting',
      'Charged twice in October',
      'Moving house: transfer the line',
      'Fibre upgrade appointment',
      'Cannot sign in to the app',
      'Refund for cancelled roaming pack',
    ],
    summaries: [
      'Asked about the invoice; explained the pro-rated month',
      'Restarted the router together, line stable since',
      'Booked an engineer for Thursday morning',
      'Wanted to know when the contract ends',
      'Changed the billing address',
      'Complained about waiting time; apologised and offered a call back',
    ],
  },
  vi: {
    subjects: [
      'Đổi gói cước',
      'Mạng chập chờn buổi tối',
      'Hóa đơn tháng trước bị tính sai',
      'Chuyển địa điểm lắp đặt',
      'Nâng cấp cáp quang',
      'Không đăng nhập được ứng dụng',
    ],
    summaries: [
      'Hỏi về hóa đơn, đã giải thích các khoản phí',
      'Hướng dẫn khởi động lại bộ định tuyến, mạng ổn định',
      'Hẹn kỹ thuật viên sáng thứ Năm',
      'Hỏi ngày hết hạn hợp đồng',
      'Cập nhật địa chỉ nhận hóa đơn',
    ],
  },
  de: {
    subjects: ['Router startet ständig neu', 'Doppelte Abbuchung', 'Umzug des Anschlusses', 'Rechnung nicht erhalten'],
    summaries: [
      'Frage zur Rechnung geklärt',
      'Technikertermin für Donnerstag vereinbart',
      'Kündigungsfrist erklärt',
      'Neue Bankverbindung aufgenommen',
    ],
  },
  fr: {
    subjects: [
      'La box redémarre sans cesse',
      'Prélèvement en double',
      'Déménagement de la ligne',
      'Facture introuvable',
    ],
    summaries: [
      'Question sur la facture, montant expliqué',
      'Rendez-vous technicien fixé à jeudi',
      'Demande la date de fin d’engagement',
      'Nouvelle adresse de facturation enregistrée',
    ],
  },
  ja: {
    subjects: [
      'ルーターが頻繁に再起動する',
      '請求が二重になっている',
      '引っ越しに伴う回線移転',
      'アプリにログインできない',
    ],
    summaries: [
      '請求内容のお問い合わせ、内訳をご説明',
      '木曜午前に訪問を予約',
      '契約満了日のご確認',
      '請求先住所を変更',
    ],
  },
  sv: {
    subjects: ['Routern startar om hela tiden', 'Dubbeldebiterad i oktober', 'Flytt av bredband'],
    summaries: [
      'Fråga om fakturan, förklarade avgifterna',
      'Bokade tekniker till torsdag',
      'Undrade när avtalet löper ut',
    ],
  },
} satisfies Record<string, Speech>;
