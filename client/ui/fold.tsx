import { type ReactNode, useId, useState } from 'react';
import { Icon } from './icon.tsx';

type FoldProps = {
  /** Under this key the browser remembers whether it is open, for every customer alike. */
  id: string;
  /** The heading, which is also the accessible name. */
  title: string;
  /** Shown while it is closed. */
  summary?: ReactNode;
  /** Beside the heading, open or closed. */
  aside?: ReactNode;
  children: ReactNode;
};

/** A region that opens on demand. */
export function Fold({ id, title, summary, aside, children }: FoldProps) {
  const [isOpen, setIsOpen] = useState(() => isRemembered(id));
  const titleId = useId();
  const bodyId = useId();
  return (
    <section className="region fold" aria-labelledby={titleId}>
      <div className="region-head">
        <h2 className="region-title">
          <button
            type="button"
            className="fold-toggle"
            aria-expanded={isOpen}
            aria-controls={isOpen ? bodyId : undefined}
            onClick={() => {
              remember(id, !isOpen);
              setIsOpen(!isOpen);
            }}
          >
            <span id={titleId}>{title}</span>
            <Icon name={isOpen ? 'down' : 'right'} size={12} />
          </button>
        </h2>
        {!isOpen && summary !== undefined && <span className="fold-summary">{summary}</span>}
        {aside !== undefined && <span className="region-aside">{aside}</span>}
      </div>
      {isOpen && <div id={bodyId}>{children}</div>}
    </section>
  );
}

// A frame of another site may be refused its storage; the fold works without.
function isRemembered(id: string): boolean {
  try {
    return localStorage.getItem(`fold.${id}`) === 'open';
  } catch {
    return false;
  }
}

function remember(id: string, isOpen: boolean): void {
  try {
    localStorage.setItem(`fold.${id}`, isOpen ? 'open' : 'closed');
  } catch {}
}
