/*
 * The people of the simulator's stories. Ids, numbers and addresses are stable: stories and tests name them from
 * `storyPeople`, and nobody else in the sample holds any of them.
 */
import type { CustomerFileRecord } from './customer-file-record.ts';
import { dayAndMonth, daysBefore } from './dates.ts';

/** `phone` and `email` as Zoom shows them when the person arrives. */
export const storyPeople = {
  knownCaller: { id: 'C-1001', name: 'Nguyễn Thị Ánh', phone: '+842838220000' },
  household: { ids: ['C-1002', 'C-1003'], names: ['Eleanor Whitlock', 'Arthur Whitlock'], phone: '+442079460000' },
  webChatVisitor: { id: 'C-1004', name: 'Clara Weißflog', email: 'clara.weissflog@mail.example' },
  caseHolder: { id: 'C-1005', name: 'Dominic Reyes', caseNumber: 'CS-1042' },
  threeChats: [
    { id: 'C-1006', name: 'Amara Obi', email: 'amara.obi@mail.example' },
    { id: 'C-1007', name: 'Jonas Lindqvist', email: 'jonas.lindqvist@mail.example' },
    { id: 'C-1008', name: '鈴木 結衣', email: 'yui.suzuki@mail.example' },
  ],
  emailSender: { id: 'C-1009', name: 'Mathilde Aubert-Noël', email: 'mathilde@atelier-noel.example' },
  texter: { id: 'C-1010', name: 'Trần Quốc Đạt', phone: '+84900000000' },
  whatsAppWriter: { id: 'C-1011', name: 'Meenakshi Subramanian', phone: '+919000000000' },
  videoCaller: { id: 'C-1012', name: 'Ruairí Ó Ceallaigh', email: 'ruairi.oceallaigh@mail.example' },
  /** Also in systems other than the directory; see crms/crm-people.ts. */
  slowCrm: { id: 'C-1013', name: 'Hannah Brooks', phone: '+14155550190' },
  deadCrm: { id: 'C-1014', name: 'Marcus Webb', phone: '+14155550191' },
  /** Held by nobody. */
  strangers: { phones: ['+14155550198', '+14155550199'], email: 'nobody@mail.example' },
} as const;

export function describeStoryPeople(now: number): CustomerFileRecord[] {
  const ago = (days: number, hour = 9) => daysBefore(now, days, hour);
  return [
    describeKnownCaller(now),
    ...describeHousehold(now),
    ...describeWriters(now),
    ...describeOthers(now),
    ...describeCrmCallers(),
  ].map((person) => ({ interactions: [{ at: ago(40), channel: 'voice', summary: 'Welcome call' }], ...person }));
}

function describeKnownCaller(now: number): CustomerFileRecord {
  const ago = (days: number, hour = 9) => daysBefore(now, days, hour);
  return {
    ...only(storyPeople.knownCaller),
    company: 'Phở Sen Vàng',
    phones: ['(028) 3822 0000', '0900 000 001'],
    emails: ['anh.nguyen@pho-sen-vang.example'],
    fields: {
      tier: 'PLATINUM',
      accountNumber: '778 812 004',
      language: 'vi',
      owner: 'Mina',
      alerts: `Complaint open since ${dayAndMonth(now, 18)}`,
      country: 'VN',
      Plan: 'Doanh nghiệp 300',
      Device: 'Fibre Hub 6',
      'Contract end': ago(-212).slice(0, 10),
      'Customer since': '2017-04-02',
      'Preferred contact': 'Phone, after 14:00',
    },
    cases: [
      { number: 'HC-1', subject: 'Đổi gói cước', status: 'open', priority: 'high', updatedAt: ago(1, 14) },
      { number: 'HC-2', subject: 'Mạng chập chờn buổi tối', status: 'open', priority: 'normal', updatedAt: ago(18) },
      { number: 'HC-3', subject: 'Nâng cấp cáp quang', status: 'closed', priority: 'low', updatedAt: ago(160) },
    ],
    interactions: [
      { at: ago(1, 14), channel: 'voice', summary: 'Muốn đổi gói trước cuối tháng; chờ bảng giá mới', agent: 'Mina' },
      { at: ago(6, 10), channel: 'email', summary: 'Gửi ảnh chụp tốc độ mạng lúc 20:00', agent: 'Tomas' },
      { at: ago(18, 16), channel: 'voice', summary: 'Khiếu nại mạng chập chờn, đã mở HC-2', agent: 'Jade' },
      { at: ago(49, 11), channel: 'chat', summary: 'Hỏi cách xem hóa đơn trên ứng dụng', agent: 'Mina' },
      { at: ago(160, 9), channel: 'video', summary: 'Xem vị trí lắp đặt bộ định tuyến mới', agent: 'Tomas' },
    ],
  };
}

function describeHousehold(now: number): CustomerFileRecord[] {
  const ago = (days: number, hour = 9) => daysBefore(now, days, hour);
  const { ids, names } = storyPeople.household;
  const shared = { country: 'GB', language: 'en', owner: 'Jade' };
  return [
    {
      id: ids[0],
      name: names[0],
      phones: ['+44 (0)20 7946 0000', '+44 7700 900000'],
      emails: ['eleanor@whitlock.example'],
      fields: { tier: 'Gold', accountNumber: '402 118 330', ...shared, Plan: 'Fibre 500', Device: 'Fibre Hub 6' },
      cases: [
        { number: 'CS-1051', subject: 'Charged twice in October', status: 'open', priority: 'high', updatedAt: ago(2) },
      ],
      interactions: [
        { at: ago(2), channel: 'voice', summary: 'Reported a double charge; passed to billing', agent: 'Jade' },
        { at: ago(75, 15), channel: 'email', summary: 'Sent the new bank details form', agent: 'Mina' },
      ],
    },
    {
      id: ids[1],
      name: names[1],
      phones: ['0044 20 7946 0000'],
      emails: ['arthur@whitlock.example'],
      fields: { tier: 'Silver', accountNumber: '402 118 331', ...shared, Plan: 'Mobile 20 GB', Device: 'Handset' },
      interactions: [
        { at: ago(12, 17), channel: 'sms', summary: 'Asked for his PUK', agent: 'Tomas' },
        { at: ago(301), channel: 'voice', summary: 'Added a second SIM to the account', agent: 'Jade' },
      ],
    },
  ];
}

function describeWriters(now: number): CustomerFileRecord[] {
  const ago = (days: number, hour = 9) => daysBefore(now, days, hour);
  const [amara, jonas, yui] = storyPeople.threeChats;
  return [
    {
      ...only(storyPeople.webChatVisitor),
      company: 'Weißflog Keramik',
      phones: ['+49 (0)30/23125-000'],
      emails: ['Clara.Weissflog@mail.example'],
      fields: {
        tier: 'Gold',
        accountNumber: 'DE-55120',
        language: 'de',
        owner: 'Tomas',
        country: 'DE',
        Plan: 'Business M',
      },
      cases: [
        {
          number: 'CS-1060',
          subject: 'Rechnung nicht erhalten',
          status: 'open',
          priority: 'normal',
          updatedAt: ago(4),
        },
      ],
    },
    {
      ...only(amara),
      phones: ['+44 7700 900001'],
      emails: [amara.email],
      fields: { tier: 'Silver', language: 'en', owner: 'Mina', country: 'GB', Plan: 'Fibre 100' },
      cases: [
        { number: 'CS-1061', subject: 'Engineer did not arrive', status: 'open', priority: 'high', updatedAt: ago(1) },
      ],
    },
    {
      ...only(jonas),
      phones: ['+46 (0)8-465 004 00'],
      emails: [jonas.email],
      fields: { tier: 'Gold', language: 'sv', owner: 'Jade', country: 'SE', Plan: 'Bredband 250' },
    },
    {
      ...only(yui),
      phones: ['+81 3-0000-0000'],
      emails: [yui.email],
      fields: { tier: 'Platinum', language: 'ja', owner: 'Mina', country: 'JP', Plan: '光ファイバー 1G' },
      interactions: [{ at: ago(9), channel: 'chat', summary: '契約満了日のご確認', agent: 'Mina' }],
    },
    {
      ...only(storyPeople.emailSender),
      company: 'Atelier Noël',
      phones: ['+33 (0)1.99.00.00.00'],
      emails: [storyPeople.emailSender.email, 'compta@atelier-noel.example'],
      fields: {
        tier: 'Gold',
        language: 'fr',
        owner: 'Tomas',
        country: 'FR',
        Plan: 'Pro Fibre',
        'Contract end': ago(-30).slice(0, 10),
      },
      cases: [
        { number: 'CS-1064', subject: 'Prélèvement en double', status: 'open', priority: 'normal', updatedAt: ago(3) },
      ],
    },
  ];
}

function describeOthers(now: number): CustomerFileRecord[] {
  const ago = (days: number, hour = 9) => daysBefore(now, days, hour);
  return [
    {
      ...only(storyPeople.caseHolder),
      company: 'Reyes Landscaping',
      phones: ['+1 (206) 555-0100'],
      emails: ['dominic@reyes-landscaping.example'],
      fields: {
        tier: 'Gold',
        accountNumber: '900 417 226',
        language: 'en',
        owner: 'Jade',
        timeZone: 'America/Los_Angeles',
        country: 'US',
        Plan: 'Small business 500',
      },
      cases: [
        {
          number: storyPeople.caseHolder.caseNumber,
          subject: 'Router keeps restarting',
          status: 'open',
          priority: 'high',
          updatedAt: ago(2, 18),
        },
      ],
      interactions: [
        { at: ago(2, 18), channel: 'voice', summary: 'Restarts every hour since the storm', agent: 'Jade' },
      ],
    },
    {
      ...only(storyPeople.texter),
      phones: ['0900.000.000'],
      emails: ['dat.tran@mail.example'],
      fields: { tier: 'Silver', language: 'vi', owner: 'Mina', country: 'VN', Plan: 'Di động 90' },
      interactions: [{ at: ago(5, 19), channel: 'sms', summary: 'Hỏi dung lượng còn lại', agent: 'Mina' }],
    },
    {
      ...only(storyPeople.whatsAppWriter),
      phones: ['+91 90000 00000'],
      emails: ['meenakshi@mail.example'],
      fields: { tier: 'Gold', language: 'en', owner: 'Tomas', country: 'IN', Plan: 'Unlimited' },
      interactions: [{ at: ago(3, 13), channel: 'whatsapp', summary: 'Sent a photo of the meter box', agent: 'Tomas' }],
    },
    {
      ...only(storyPeople.videoCaller),
      phones: ['+353 (0)20 910 0000'],
      emails: [storyPeople.videoCaller.email],
      fields: { tier: 'Silver', language: 'en', owner: 'Jade', country: 'IE', Plan: 'Fibre 250' },
      cases: [{ number: 'CS-1070', subject: 'Where to put the mesh units', status: 'open', updatedAt: ago(1, 11) }],
    },
  ];
}

function describeCrmCallers(): CustomerFileRecord[] {
  const shared = { country: 'US', language: 'en', timeZone: 'America/Los_Angeles' };
  return [
    {
      ...only(storyPeople.slowCrm),
      phones: ['+1 (415) 555-0190'],
      emails: ['hannah.brooks@mail.example'],
      fields: {
        tier: 'Gold',
        accountNumber: '900 417 301',
        ...shared,
        Plan: 'Fibre 500',
        'Date of birth': '1984-07-19',
      },
    },
    {
      ...only(storyPeople.deadCrm),
      phones: ['+1 415.555.0191'],
      emails: ['marcus@webb-daughters.example'],
      fields: { tier: 'Silver', accountNumber: '900 417 302', ...shared, Plan: 'Small business 500' },
    },
  ];
}

function only({ id, name }: { id: string; name: string }) {
  return { id, name };
}
