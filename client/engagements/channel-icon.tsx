import type { Channel } from '#contract/engagements.ts';
import { Icon, type IconName } from '../ui/icon.tsx';

const iconOf: Record<Channel, IconName> = {
  voice: 'phone',
  video: 'video',
  sms: 'sms',
  chat: 'chat',
  social: 'social',
  email: 'mail',
  other: 'person',
};

export function ChannelIcon({ channel }: { channel: Channel }) {
  return <Icon name={iconOf[channel]} />;
}
