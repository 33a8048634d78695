import { type ReactNode, useId } from 'react';

type RegionProps = {
  /** The heading, which is also the accessible name. */
  title: string;
  count?: number;
  aside?: ReactNode;
  children: ReactNode;
};

export function Region({ title, count, aside, children }: RegionProps) {
  const titleId = useId();
  return (
    <section className="region" aria-labelledby={titleId}>
      <div className="region-head">
        <h2 className="region-title" id={titleId}>
          {title}
        </h2>
        {count !== undefined && <span className="region-count">{count}</span>}
        {aside !== undefined && <span className="region-aside">{aside}</span>}
      </div>
      {children}
    </section>
  );
}
