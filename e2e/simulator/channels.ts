/**
 * For each channel, the values that Zoom sends over the SDK (`channel`, `source`) and in its events (`channel`,
 * `eventSource`), and the identifier of the consumer.
 */
export const channels = {
  voice: { label: 'Voice', channel: 'voice', source: '', eventSource: '', knownBy: 'number' },
  sms: { label: 'SMS', channel: 'messaging', source: 'messaging_sms', eventSource: 'sms', knownBy: 'number' },
  'web chat': {
    label: 'Web chat',
    channel: 'messaging',
    source: 'messaging_webChat',
    eventSource: 'web_chat',
    knownBy: 'email',
  },
  video: { label: 'Video', channel: 'video', source: 'video_webVideo', eventSource: 'web_video', knownBy: 'email' },
  whatsapp: {
    label: 'WhatsApp',
    channel: 'messaging',
    source: 'messaging_whatsapp',
    eventSource: 'whatsapp',
    knownBy: 'number',
  },
  facebook: {
    label: 'Facebook',
    channel: 'messaging',
    source: 'messaging_facebook',
    eventSource: 'facebook_messenger',
    knownBy: 'name',
  },
  email: { label: 'Email', channel: 'email', source: '', eventSource: 'email_address', knownBy: 'email' },
} as const;

export type ChannelName = keyof typeof channels;
export const channelNames = Object.keys(channels) as ChannelName[];

/** As Zoom spells it over the SDK. */
export type ZoomConsumer = {
  consumerId?: string;
  consumerDisplayName?: string;
  consumerNumber?: string;
  consumerEmail?: string;
};

/** Zoom fills in what the channel knows; an id stands only for video and for messaging other than SMS. */
export function describeConsumer(channel: ChannelName, identity: string, displayName?: string): ZoomConsumer {
  const { knownBy, channel: kind, source } = channels[channel];
  const hasId = kind === 'video' || (kind === 'messaging' && source !== 'messaging_sms');
  const name = displayName ?? (knownBy === 'name' && identity !== '' ? identity : undefined);
  return {
    ...(hasId && { consumerId: `consumer-${crypto.randomUUID()}` }),
    ...(name !== undefined && { consumerDisplayName: name }),
    ...(knownBy === 'number' && { consumerNumber: identity === '' ? 'anonymous' : identity }),
    ...(knownBy === 'email' && identity !== '' && { consumerEmail: identity }),
  };
}
