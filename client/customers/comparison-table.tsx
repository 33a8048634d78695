import type { CustomerCard } from '#contract/customers.ts';
import { useNow } from '../ui/use-now.ts';
import { compareCandidates } from './compare-candidates.ts';
import { t } from './messages.ts';

/** Everything the candidates have, side by side; what differs comes first. Loaded on use. */
export function ComparisonTable({ candidates }: { candidates: CustomerCard[] }) {
  const now = useNow(60_000);
  return (
    // A table of many customers is wider than the panel and scrolls in itself; the keyboard reaches it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region needs the focus to be scrolled by keys
    <section className="comparison" aria-label={t('candidates.compare')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <td />
            {candidates.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {compareCandidates(candidates, now).map(({ label, values, differs }) => (
            <tr key={label} className={differs ? 'comparison-differs' : undefined}>
              <th scope="row">
                {label}
                {differs && <span className="visually-hidden"> ({t('candidates.differs')})</span>}
              </th>
              {values.map((value, index) => (
                <td key={candidates[index]?.id}>{value ?? t('candidates.empty')}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
