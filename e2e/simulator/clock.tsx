import { useEffect, useState } from 'react';

/** Minutes and seconds since a moment (ms UTC). */
export function Clock({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return (
    <span className="clock">
      {twoDigits(Math.floor(seconds / 60))}:{twoDigits(seconds % 60)}
    </span>
  );
}
