import { useState } from 'react';
import type { CustomerCase, Source } from '#contract/customers.ts';
import { formatRelative } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Region } from '../ui/region.tsx';
import { useNow } from '../ui/use-now.ts';
import { SourceAge } from './source-age.tsx';

const shownAtFirst = 5;

export function CaseList({ cases, source }: { cases: CustomerCase[]; source: Source }) {
  const [showsAll, setShowsAll] = useState(false);
  const now = useNow(60_000);
  const shown = showsAll ? cases : cases.slice(0, shownAtFirst);
  return (
    <Region title={t('region.cases')} count={cases.length} aside={<SourceAge source={source} />}>
      {cases.length === 0 && <p className="quiet">{t('card.noCases')}</p>}
      <ul className="rows">
        {shown.map((one) => (
          <li className="case" key={one.number} title={updatedWords(one, now)}>
            <span className="case-number">{one.number}</span>
            <span className="case-subject">{one.subject}</span>
            <CaseState {...one} />
          </li>
        ))}
      </ul>
      {shown.length < cases.length && (
        <Button look="quiet" onClick={() => setShowsAll(true)}>
          {t('card.moreCases', { count: cases.length })}
        </Button>
      )}
    </Region>
  );
}

function CaseState({ status, priority }: CustomerCase) {
  const isUrgent = priority !== undefined && /^(high|urgent|critical|p1)$/i.test(priority);
  const words = [priority, status].filter((word) => word !== undefined).join(' · ');
  if (words === '') return null;
  return (
    <span className={isUrgent ? 'case-state case-state-urgent' : 'case-state'}>
      {isUrgent && <Icon name="alert" size={12} />}
      {words}
    </span>
  );
}

function updatedWords({ updatedAt }: CustomerCase, now: number): string | undefined {
  return updatedAt === undefined ? undefined : t('card.updated', { when: formatRelative(updatedAt, now) });
}
