/*
 * Which sample customers are in which of the five CRMs, besides the built-in directory. Their records of one customer
 * differ as real ones do: another spelling of the number, another company name, cases the others do not know.
 */
import type { FakeCustomer } from '../../../server/connectors/conformance/fake-crm-server.ts';
import { storyPeople } from '../story-people.ts';
import type { CrmName } from './crm-names.ts';

const day = 86_400_000;

export function describeCrmPeople(now: number): [CrmName, FakeCustomer][] {
  const { knownCaller, slowCrm, deadCrm, webChatVisitor, caseHolder, household } = storyPeople;
  return [
    [
      'salesforce',
      {
        name: knownCaller.name,
        company: 'Pho Sen Vang Co. Ltd',
        phones: ['+84 28 3822 0000'],
        emails: ['anh.nguyen@pho-sen-vang.example'],
        owner: 'Jade',
        tier: 'Platinum',
        cases: [
          { subject: 'Renewal of the business line', status: 'open', priority: 'normal', updatedAt: now - 2 * day },
        ],
        interactions: [{ at: now - 9 * day, channel: 'voice', summary: 'Talked about the renewal in spring' }],
      },
    ],
    [
      'salesforce',
      {
        name: household.names[0],
        company: 'Whitlock Antiques',
        phones: ['+44 20 7946 0000'],
        emails: ['eleanor@whitlock.example'],
        tier: 'Gold',
        cases: [{ subject: 'Shop line out of order', status: 'open', priority: 'high', updatedAt: now - 3_600_000 }],
      },
    ],
    [
      'dynamics',
      {
        name: household.names[1],
        phones: ['+44 (0)20 7946 0000'],
        emails: ['arthur@whitlock.example'],
        interactions: [{ at: now - 2 * day, channel: 'voice', summary: 'Asked about moving house' }],
      },
    ],
    [
      'zendesk',
      {
        name: slowCrm.name,
        phones: ['(415) 555-0190'],
        emails: ['hannah.brooks@mail.example'],
        cases: [{ subject: 'Refund for the missed visit', status: 'open', priority: 'high', updatedAt: now - day }],
      },
    ],
    [
      'hubspot',
      {
        name: deadCrm.name,
        company: 'Webb & Daughters',
        phones: ['+1 415-555-0191'],
        emails: ['marcus@webb-daughters.example'],
        owner: 'Tomas',
        cases: [{ subject: 'Wants a second line', status: 'open', priority: 'normal', updatedAt: now - 3 * day }],
      },
    ],
    [
      'servicenow',
      {
        name: webChatVisitor.name,
        company: 'Weißflog Keramik',
        phones: ['+49 30 23125 000'],
        emails: [webChatVisitor.email],
        cases: [{ subject: 'Router swap scheduled', status: 'open', priority: 'low', updatedAt: now - 5 * day }],
      },
    ],
    [
      'dynamics',
      {
        name: caseHolder.name,
        company: 'Reyes Landscaping',
        phones: ['206-555-0100'],
        emails: ['dominic@reyes-landscaping.example'],
        interactions: [{ at: now - 20 * day, channel: 'voice', summary: 'Quoted a larger plan' }],
      },
    ],
  ];
}
