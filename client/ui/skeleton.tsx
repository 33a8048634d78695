/** A grey line of the length the text will have, so that nothing jumps when it comes. */
export function Skeleton({ width }: { width: 'short' | 'middle' | 'long' }) {
  return <span className={`skeleton skeleton-${width}`} aria-hidden="true" />;
}
