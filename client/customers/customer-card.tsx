import type { ReactNode } from 'react';
import type { CustomerCard as Card } from '#contract/customers.ts';
import type { EngagementView } from '#contract/view.ts';
import { cityOf, formatTime, languageName } from '../i18n/format.ts';
import { Chip } from '../ui/chip.tsx';
import { Icon } from '../ui/icon.tsx';
import { useNow } from '../ui/use-now.ts';
import { labelOf } from './card-records.ts';
import { CaseList } from './case-list.tsx';
import { ContactValues, type Reveal } from './contact-values.tsx';
import { DetailList } from './detail-list.tsx';
import { InteractionList } from './interaction-list.tsx';
import { t } from './messages.ts';
import { SourceStates } from './source-states.tsx';
import { VerifyLine } from './verify-line.tsx';

type CustomerCardProps = {
  customer: Card;
  /** Null without an engagement: revealing needs one, for the audit trail. */
  reveal: Reveal | null;
  /** Absent while browsing without an engagement. */
  view?: EngagementView;
  /** The match line, below the head. */
  children: ReactNode;
};

export function CustomerCard({ customer, reveal, view, children }: CustomerCardProps) {
  const { name, tier, alerts, records } = customer;
  return (
    <>
      <section className="customer-head" aria-label={t('region.customer')}>
        <div className="customer-title">
          <h1 className="customer-name" title={name}>
            {name}
          </h1>
          {tier !== undefined && <Chip>{tier}</Chip>}
        </div>
        <Affiliation customer={customer} />
        {alerts.map((alert) => (
          <p className="alert" key={alert}>
            <Icon name="alert" />
            <span className="visually-hidden">{t('card.alert')}</span>
            {alert}
          </p>
        ))}
        <ContactValues key={customer.id} customer={customer} reveal={reveal} />
        <AccountLine customer={customer} />
        {customer.differences.length > 0 && <Differences customer={customer} />}
        {view && <VerifyLine group={view.customer} />}
        <SourceStates records={records} sources={view?.sources ?? []} sameBy={customer.mergedBy} />
      </section>
      {children}
      <CaseList cases={customer.cases} records={records} sources={view?.sources ?? []} />
      <InteractionList
        interactions={customer.interactions}
        records={records}
        past={view?.history ?? { kind: 'not-asked' }}
      />
      <DetailList details={customer.details} records={records} />
    </>
  );
}

/** Company · owner · local time of the customer. */
function Affiliation({ customer: { company, owner, timeZone } }: { customer: Card }) {
  const parts = [company, owner === undefined ? undefined : t('card.owner', { name: owner })].filter(
    (part) => part !== undefined,
  );
  if (parts.length === 0 && timeZone === undefined) return null;
  return (
    <p className="customer-line">
      {parts.map((part) => (
        <span key={part}>{part}</span>
      ))}
      {timeZone !== undefined && <LocalTime timeZone={timeZone} />}
    </p>
  );
}

function LocalTime({ timeZone }: { timeZone: string }) {
  const now = useNow(5_000);
  const time = formatTime(now, timeZone);
  return time === null ? null : <span>{t('card.timeIn', { time, city: cityOf(timeZone) })}</span>;
}

function AccountLine({ customer: { accountNumber, language } }: { customer: Card }) {
  if (accountNumber === undefined && language === undefined) return null;
  return (
    <p className="customer-line customer-line-small">
      {accountNumber !== undefined && (
        <span>
          {t('card.account')} <span className="figures">{accountNumber}</span>
        </span>
      )}
      {language !== undefined && (
        <span>
          {t('card.language')} {languageName(language)}
        </span>
      )}
    </p>
  );
}

/** Conflicting values of several sources, side by side. */
function Differences({ customer: { differences, records } }: { customer: Card }) {
  return (
    <dl className="differences">
      {differences.map(({ field, values }) => (
        <div key={field}>
          <dt>{t(`differs.${field}`)}</dt>
          {values.map(({ value, source }) => (
            <dd key={source}>
              {value} <span className="from">{labelOf(records, source)}</span>
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
