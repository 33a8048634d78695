import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

const iconOf = { error: 'alert', caution: 'caution', offer: 'info' } as const satisfies Record<string, IconName>;

type NoticeProps = { kind: keyof typeof iconOf; action?: ReactNode; children: ReactNode };

/** One sentence in the place of the missing content, and one action. */
export function Notice({ kind, action, children }: NoticeProps) {
  return (
    <div className={`notice notice-${kind}`}>
      <Icon name={iconOf[kind]} />
      <div className="notice-body">
        {children}
        {action !== undefined && <div className="notice-action">{action}</div>}
      </div>
    </div>
  );
}
