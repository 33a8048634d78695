/** What Zoom says over the SDK for each way a person may reach an agent, and what identifies the person there. */
export const channels = {
  voice: { label: 'Voice', icon: '☎', channel: 'voice', source: '', knownBy: 'number' },
  sms: { label: 'SMS', icon: '💬', channel: 'messaging', source: 'messaging_sms', knownBy: 'number' },
  'web chat': { label: 'Web chat', icon: '🗨', channel: 'messaging', source: 'messaging_webChat', knownBy: 'email' },
  video: { label: 'Video', icon: '🎥', channel: 'video', source: 'video_webVideo', knownBy: 'email' },
  whatsapp: { label: 'WhatsApp', icon: '🟢', channel: 'messaging', source: 'messaging_whatsapp', knownBy: 'number' },
  facebook: { label: 'Facebook', icon: '👥', channel: 'messaging', source: 'messaging_facebook', knownBy: 'name' },
  email: { label: 'Email', icon: '✉', channel: 'email', source: '', knownBy: 'email' },
} as const;

export type ChannelName = keyof typeof channels;
export const channelNames = Object.keys(channels) as ChannelName[];
