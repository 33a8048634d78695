/** 16 × 16, in the color of the text. Decorative: the meaning is in the text beside it or in the button's name. */
const paths = {
  phone:
    'M5.2 2.5 3.4 3.3c-.6.3-1 .9-.9 1.6.5 4.4 4.1 8 8.5 8.5.7.1 1.4-.3 1.6-.9l.8-1.8-3-1.7-1.3 1.2A7.5 7.5 0 0 1 5.7 7L6.9 5.6z',
  video: 'M2.5 4.5h7.5v7H2.5zM10 7l3.5-2v6L10 9',
  chat: 'M2.5 3h11v7.5H7l-3 2.7v-2.7H2.5z',
  sms: 'M4.5 1.5h7v13h-7zM7 12.5h2M6.5 4.5h3M6.5 7h3',
  social: 'M8 14.5v-4M5.5 6.5a2.5 2.5 0 1 1 5 0c0 2-2.5 4-2.5 4s-2.5-2-2.5-4zM3 9.5a6 6 0 1 1 10 0',
  mail: 'M2 3.5h12v9H2zM2.3 4 8 8.7 13.7 4',
  dots: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2',
  close: 'm4 4 8 8M12 4l-8 8',
  check: 'm3 8.5 3.3 3.3L13 4.7',
  person: 'M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4zM2.8 13.5c.4-2.6 2.5-4 5.2-4s4.8 1.4 5.2 4',
  people:
    'M6 3a2.3 2.3 0 1 1 0 4.6A2.3 2.3 0 0 1 6 3zM1.5 12.8c.3-2.2 2-3.5 4.5-3.5s4.2 1.3 4.5 3.5M10.5 3.3a2.1 2.1 0 0 1 0 4M12 9.6c1.5.5 2.3 1.6 2.5 3.2',
  alert: 'M8 2 14.5 13.5h-13zM8 6.3v3.4M8 11.6h.01',
  caution: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 4.8v3.9M8 11h.01',
  info: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 7.3v3.9M8 5h.01',
  transfer: 'M2 5.5h10.5M9.5 2.5l3 3-3 3M14 10.5H3.5M6.5 7.5l-3 3 3 3',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z',
  offline: 'm2 2 12 12M4 9.2a5.7 5.7 0 0 1 3-1.6M1.8 6.5A9 9 0 0 1 5 4.5M8 4c2.3 0 4.5.9 6.2 2.5M8 12.5h.01',
  'catching-up': 'M13 8a5 5 0 0 1-9.2 2.7M3 8a5 5 0 0 1 9.2-2.7M12.6 2.3v3.2H9.4M3.4 13.7v-3.2h3.2',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  muted: 'm2 2 12 12M10 7.5V4a2 2 0 0 0-3.9-.6M6 6v2a2 2 0 0 0 3 1.7M3.8 7.5A4.2 4.2 0 0 0 10 11.7M8 12.2v2',
  note: 'M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9 4.8 11.2 7',
  record: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z',
  urgent: 'M8 3 14 13H2z',
  open: 'M8 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z',
  copy: 'M5.5 5.5h7v7h-7zM3.5 10.5v-7h7',
  right: 'm6 3.5 4.5 4.5L6 12.5',
  down: 'm3.5 6 4.5 4.5L12.5 6',
  'not-person':
    'M7 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4zM1.8 13.5c.4-2.6 2.5-4 5.2-4 .9 0 1.7.2 2.4.5M11 11l3.5 3.5M14.5 11 11 14.5',
  clock: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM8 4.8V8l2.2 1.6',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'dots' ? 2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
