/** A placeholder of the expected length of the text, against layout shift. */
export function Skeleton({ width }: { width: 'short' | 'middle' | 'long' }) {
  return <span className={`skeleton skeleton-${width}`} aria-hidden="true" />;
}
