import { type ReactNode, useId, useState } from 'react';
import type { CustomerCard as Card, HeaderField } from '#contract/customers.ts';
import type { EngagementView } from '#contract/view.ts';
import { formatTime, languageName } from '../i18n/format.ts';
import { Chip } from '../ui/chip.tsx';
import { Icon } from '../ui/icon.tsx';
import { useNow } from '../ui/use-now.ts';
import { labelOf } from './card-records.ts';
import { listContactRows } from './contact-rows.ts';
import { ContactValues, type Reveal } from './contact-values.tsx';
import { DetailList } from './detail-list.tsx';
import { CallsFromNumber, EarlierContact, LastContact } from './earlier-contact.tsx';
import { isHistoryOfCustomer } from './format-match.ts';
import { t } from './messages.ts';
import { OpenCases } from './open-cases.tsx';

type CustomerCardProps = {
  customer: Card;
  /** Null without an engagement: revealing needs one, for the audit trail. */
  reveal: Reveal | null;
  /** Absent while browsing without an engagement. */
  view?: EngagementView;
  /** The hand-over of a transferred engagement: it stands where the last contact would. */
  handOver?: ReactNode;
  /** The trust line, below the name. */
  children: ReactNode;
};

export function CustomerCard({ customer, reveal, view, handOver, children }: CustomerCardProps) {
  const { alerts, records } = customer;
  const sources = view?.sources ?? [];
  const past = view?.history ?? { kind: 'not-asked' };
  // Others may have called from this number: their calls are not this customer's.
  const isOwnPast = view === undefined || isHistoryOfCustomer(view.customer);
  const ownPast = isOwnPast ? past : ({ kind: 'not-asked' } as const);
  const rows = listContactRows(customer.interactions, ownPast);
  const last = handOver ? undefined : rows.find(({ text }) => text !== undefined);
  return (
    <>
      <section className="customer-head" aria-label={t('region.customer')}>
        <Head customer={customer} />
        {children}
        {alerts.map((alert) => (
          <p className="alert" key={alert}>
            <Icon name="alert" />
            <span className="visually-hidden">{t('card.alert')}</span>
            {alert}
          </p>
        ))}
        {handOver || <LastContact row={last} />}
      </section>
      <OpenCases cases={customer.cases} records={records} sources={sources} />
      <EarlierContact
        rows={rows.length === 1 ? rows : rows.filter((row) => row !== last)}
        records={records}
        past={ownPast}
        count={rows.length}
      />
      {!isOwnPast && <CallsFromNumber past={past} />}
      <ContactValues key={customer.id} customer={customer} reveal={reveal} />
      <DetailList customer={customer} />
    </>
  );
}

/** Name and tier, then company, language and local time. */
function Head({ customer }: { customer: Card }) {
  const { name, tier, company, language, timeZone } = customer;
  const [differing, setDiffering] = useState<HeaderField | null>(null);
  const explanationId = useId();
  const difference = customer.differences.find(({ field }) => field === differing);
  const mark = (field: HeaderField) =>
    customer.differences.some((one) => one.field === field) && (
      <button
        type="button"
        className="differs"
        aria-label={t(`differs.${field}`)}
        title={t(`differs.${field}`)}
        aria-expanded={differing === field}
        aria-controls={differing === field ? explanationId : undefined}
        onClick={() => setDiffering(differing === field ? null : field)}
      >
        ≠
      </button>
    );
  const hasLine = company !== undefined || language !== undefined || timeZone !== undefined;
  return (
    <>
      <div className="customer-title">
        <h1 className="customer-name" tabIndex={-1}>
          {name}
        </h1>
        {mark('name')}
        {tier !== undefined && (
          <span>
            <Chip>{tier}</Chip> {mark('tier')}
          </span>
        )}
      </div>
      {hasLine && (
        <p className="customer-line">
          {company !== undefined && (
            <span>
              {company} {mark('company')}
            </span>
          )}
          {language !== undefined && (
            <span>
              {t('card.speaks', { language: languageName(language) })} {mark('language')}
            </span>
          )}
          {timeZone !== undefined && <LocalTime timeZone={timeZone} />}
        </p>
      )}
      {difference !== undefined && (
        <p className="quiet" id={explanationId}>
          {difference.values
            .map(({ value, source }) => t('differs.says', { source: labelOf(customer.records, source), value }))
            .join(' · ')}
        </p>
      )}
    </>
  );
}

function LocalTime({ timeZone }: { timeZone: string }) {
  const now = useNow(5_000);
  const time = formatTime(now, timeZone);
  return time === null ? null : <span className="figures">{t('card.timeThere', { time })}</span>;
}
