import type { CustomerFileRecord } from './customer-file-record.ts';
import { daysBefore } from './dates.ts';
import type { Dice } from './dice.ts';
import type { Homeland } from './homelands.ts';

const owners = ['Mina', 'Tomas', 'Jade', 'Arif', 'Wen'];
const tiers = ['Platinum', 'Gold', 'Gold', 'Silver', 'Silver', 'Silver', 'Bronze'];
const plans = ['Fibre 100', 'Fibre 250', 'Fibre 500', 'Mobile 20 GB', 'Mobile unlimited', 'Business M', 'Business L'];
const devices = ['Fibre Hub 5', 'Fibre Hub 6', 'Mesh set of 3', 'Handset', 'Desk phone', 'SIM only'];
const channels = ['voice', 'voice', 'chat', 'email', 'sms', 'video', 'whatsapp'];
const alerts = [
  'Payment overdue',
  'Complaint being handled by the owner',
  'Hard of hearing: prefers chat',
  'Fraud check: ask for the account number',
];

/** The history of a customer with a company over some years. */
export function describeHistory(
  home: Homeland,
  { dice, now, nextCaseNumber }: { dice: Dice; now: number; nextCaseNumber: () => string },
): Required<Pick<CustomerFileRecord, 'fields' | 'cases' | 'interactions'>> {
  const { pick, upTo, happens } = dice;
  return {
    fields: {
      tier: pick(tiers),
      accountNumber: `${home.code}-${100_000 + upTo(899_999)}`,
      language: home.language,
      owner: pick(owners),
      ...(happens(0.12) && { alerts: pick(alerts) }),
      ...(home.timeZone && { timeZone: home.timeZone }),
      country: home.code,
      Plan: pick(plans),
      Device: pick(devices),
      'Contract end': daysBefore(now, -30 - upTo(700), 0).slice(0, 10),
      'Customer since': daysBefore(now, 400 + upTo(4000), 0).slice(0, 10),
      ...(happens(0.3) && { 'Preferred contact': pick(['Phone', 'E-mail', 'Chat', 'SMS']) }),
    },
    cases: Array.from({ length: happens(0.45) ? 1 + upTo(2) : 0 }, () => ({
      number: nextCaseNumber(),
      subject: pick(home.speech.subjects),
      status: pick(['open', 'open', 'pending', 'closed', 'closed']),
      priority: pick(['low', 'normal', 'normal', 'high']),
      updatedAt: daysBefore(now, 1 + upTo(120), 8 + upTo(9)),
    })),
    interactions: Array.from({ length: upTo(6) }, () => ({
      at: daysBefore(now, 1 + upTo(400), 7 + upTo(11)),
      channel: pick(channels),
      summary: pick(home.speech.summaries),
      agent: pick(owners),
    })).sort((a, b) => b.at.localeCompare(a.at)),
  };
}
