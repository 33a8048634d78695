import type { ChannelName } from './channels.ts';

const paths: Record<ChannelName, string> = {
  voice:
    'M7 4 4.6 5.1c-.6.3-1 .9-.9 1.6.9 6.9 6.7 12.7 13.6 13.6.7.1 1.3-.3 1.6-.9L20 17l-4.2-2.8-2 1.6c-2.2-1-4-2.8-5-5l1.6-2z',
  sms: 'M4 5h16v11H9l-5 4zM8 9.5h8M8 12.5h5',
  'web chat': 'M3 4h13v9H8l-5 4zM19 8h2v12l-4-3h-7v-1',
  video: 'M3 6h12v12H3zM15 10l6-3v10l-6-3',
  whatsapp:
    'M4 20l1.3-4A8 8 0 1 1 8 18.700zM9 9c0 3.500 2.500 6 6 6l1-1.500-2-1-1 .7c-1-.4-1.800-1.200-2.200-2.200l.7-1-1-2z',
  facebook:
    'M14 21v-8h3l.5-3.500H14V7.500c0-1 .5-1.800 2-1.800h1.500V3h-2.800C12 3 10.500 4.800 10.500 7.300v2.200H8V13h2.500v8z',
  email: 'M3 6h18v12H3zM3 7l9 6 9-6',
};

export function ChannelIcon({ channel }: { channel: ChannelName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[channel]} />
    </svg>
  );
}
