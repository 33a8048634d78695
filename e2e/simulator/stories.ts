/*
 * Engagements that an agent may get, as data: the consumer, the channel and the variables of the flow. To add a story,
 * add it to the list; the picker, the cards of the welcome and `desktop.play(name)` in the tests take it from here.
 */
import { currentClientVersion } from './bridge.ts';
import { type ChannelName, describeConsumer } from './channels.ts';
import { type Colleague, handOver } from './colleague.ts';
import type { Arrival } from './contact-center.ts';
import { setCrmConditions } from './crm-link.ts';
import type { CrmConditions } from './crms/crm-names.ts';
import type { Desk } from './desk.ts';
import { flowVariable } from './flow-variables.ts';
import { type QueueName, queues } from './queues.ts';
import { storyPeople } from './story-people.ts';

export type Story = {
  name: string;
  /** The thing to look at in the panel. */
  description: string;
  /** Absent: a current one. */
  clientVersion?: string;
  /** Systems that do not work as they should while it plays. */
  crms?: CrmConditions;
  arrivals: StoryArrival[];
};

type StoryArrival = {
  channel: ChannelName;
  queue: QueueName;
  /** The number, address or name that Zoom shows. */
  from: string;
  displayName?: string;
  variables?: Record<string, string>;
  /** Somebody else had it first. */
  colleague?: Colleague;
};

const [unknownNumber, otherUnknownNumber] = storyPeople.strangers.phones;

export const stories: Story[] = [
  {
    name: 'inbound voice, known customer',
    description: 'One customer holds this number: the card is there as soon as you answer.',
    arrivals: [{ channel: 'voice', queue: 'Billing', from: storyPeople.knownCaller.phone }],
  },
  {
    name: 'two people on one number',
    description: 'A landline of two people: the panel never guesses, it shows both side by side.',
    arrivals: [{ channel: 'voice', queue: 'Support', from: storyPeople.household.phone }],
  },
  {
    name: 'nobody found',
    description: 'A number in nobody’s record: the panel says what it looked for, and you can search.',
    arrivals: [{ channel: 'voice', queue: 'Support', from: unknownNumber }],
  },
  {
    name: 'web chat with e-mail',
    description: 'A visitor typed an address into the chat form: a claim, not a proof, and shown as such.',
    arrivals: [
      { channel: 'web chat', queue: 'Support', from: storyPeople.webChatVisitor.email, displayName: 'Website visitor' },
    ],
  },
  {
    name: 'case number from the flow',
    description: 'An unknown number, but the flow asked for a case number: the case finds its customer.',
    arrivals: [
      {
        channel: 'voice',
        queue: 'Support',
        from: otherUnknownNumber,
        variables: { 'Custom.case_number': storyPeople.caseHolder.caseNumber },
      },
    ],
  },
  {
    name: 'three chats at once',
    description: 'Answer all three and switch between them: each keeps its own card.',
    arrivals: storyPeople.threeChats.map(({ email }) => ({ channel: 'web chat', queue: 'Support', from: email })),
  },
  {
    name: 'warm transfer',
    description:
      'A colleague hands a customer over: from whom, how long they were held, and what was noted come with the call.',
    arrivals: [
      {
        channel: 'voice',
        queue: 'Billing',
        from: storyPeople.texter.phone,
        colleague: {
          type: 'warm',
          spokeSeconds: 140,
          heldSeconds: 45,
          note: 'Wants a larger data plan before the trip on Friday; quoted 120 GB, asks Billing to confirm the price.',
        },
      },
    ],
  },
  {
    name: 'slow CRM',
    description:
      'Zendesk takes three seconds for every answer: the card of the others is there at once, and what it knows comes later.',
    crms: { zendesk: 'slow' },
    arrivals: [{ channel: 'voice', queue: 'Support', from: storyPeople.slowCrm.phone }],
  },
  {
    name: 'dead CRM',
    description: 'Salesforce is down: nobody waits for it, the panel says so in one line, and Retry asks it again.',
    crms: { salesforce: 'dead' },
    arrivals: [{ channel: 'voice', queue: 'Billing', from: storyPeople.deadCrm.phone }],
  },
  {
    name: 'old client',
    description:
      'A Zoom client without the engagement calls: Zoom’s events bring the customer, and the panel says what it cannot know.',
    clientVersion: '5.17.11',
    arrivals: [{ channel: 'voice', queue: 'Billing', from: storyPeople.knownCaller.phone }],
  },
  {
    name: 'withheld number',
    description: 'The caller hides the number: nothing is looked up, and the panel says why.',
    arrivals: [{ channel: 'voice', queue: 'Support', from: 'anonymous' }],
  },
];

export async function playStory(desk: Desk, story: Story): Promise<void> {
  await setCrmConditions(story.crms ?? {});
  desk.startClient(story.clientVersion ?? currentClientVersion);
  for (const { channel, queue, from, displayName, variables = {}, colleague } of story.arrivals) {
    const arrival: Omit<Arrival, 'id'> = {
      channel,
      queue: queues[queue],
      consumers: [describeConsumer(channel, from, displayName)],
      variables: Object.entries(variables).map(([name, value]) => flowVariable(name, value)),
    };
    if (colleague) handOver(desk, arrival, colleague);
    else desk.ring(arrival);
  }
}
