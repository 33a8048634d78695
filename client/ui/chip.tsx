import type { ReactNode } from 'react';

export function Chip({ look = 'accent', children }: { look?: 'accent' | 'neutral' | 'caution'; children: ReactNode }) {
  return <span className={look === 'accent' ? 'chip' : `chip chip-${look}`}>{children}</span>;
}
