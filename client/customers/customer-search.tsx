import './messages-on-use.ts';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { CustomerCard, SearchAnswer } from '#contract/customers.ts';
import type { Api } from '../api/client.ts';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { Notice } from '../ui/notice.tsx';
import { searchQuery } from './customer-requests.ts';
import { t } from './messages.ts';
import { SourceFailures } from './sources-footer.tsx';

/** The action on a result: with an engagement it links, without one it shows. */
export type Choosing = {
  words: 'match.link' | 'search.show';
  choose: (customer: CustomerCard) => void;
  isBusy: boolean;
  /** The customer who is linked already. */
  shownId?: string | undefined;
};

type CustomerSearchProps = {
  api: Api;
  startWith: string;
  choosing: Choosing;
  /** Called when the agent starts typing: from then on a new match is offered, not shown. */
  onStart?: () => void;
  /** Focus moves only into a search that the agent opened. */
  takesFocus?: boolean;
  /** Absent when the search cannot be closed. */
  onClose?: () => void;
  /** The shown customer is another person, and so is everybody found. */
  onNobody?: () => void;
};

export function CustomerSearch(props: CustomerSearchProps) {
  const { api, startWith, choosing, onStart, takesFocus = false, onClose, onNobody } = props;
  const [text, setText] = useState(startWith);
  const [asked, setAsked] = useState('');
  const search = useQuery(searchQuery(api, asked));
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (takesFocus) form.current?.querySelector('input')?.focus();
  }, [takesFocus]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    onStart?.();
    if (text.trim() === asked) void search.refetch();
    setAsked(text.trim());
  };

  return (
    <search className="search">
      <form ref={form} className="search-form" onSubmit={submit}>
        <Field
          type="search"
          label={t('search.label')}
          value={text}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            onStart?.();
            setText(event.target.value);
          }}
          onKeyDown={(event) => event.key === 'Escape' && onClose?.()}
        />
        <Button look="primary" submits isBusy={search.isFetching}>
          <Icon name="search" size={14} />
          {t(choosing.words === 'match.link' ? 'search.submit' : 'match.search')}
        </Button>
        {onClose !== undefined && (
          <Button look="icon" aria-label={t('search.close')} onClick={onClose}>
            <Icon name="close" />
          </Button>
        )}
      </form>
      <div role="status" className="search-status">
        {search.isFetching && <p className="quiet">{t('search.looking')}</p>}
        {search.data && !search.isFetching && <p className="quiet">{foundWords(search.data, asked)}</p>}
      </div>
      {search.isError && !search.isFetching && (
        <Notice kind="error" action={<Button onClick={() => void search.refetch()}>{t('state.retry')}</Button>}>
          <p role="alert">{t('search.failed')}</p>
        </Notice>
      )}
      {search.data && <Results answer={search.data} choosing={choosing} />}
      {search.data && <SourceFailures sources={search.data.sources} />}
      {onNobody !== undefined && (
        <p>
          <Button isBusy={choosing.isBusy} onClick={onNobody}>
            {t('search.nobody')}
          </Button>
        </p>
      )}
    </search>
  );
}

function foundWords({ customers, understoodAs }: SearchAnswer, query: string): string {
  if (understoodAs === 'nothing') return t('search.nothingRead');
  if (understoodAs === 'own-number') return t('why.own-number');
  if (customers.length === 0) return t('search.nothing', { query });
  return `${t('search.found', { count: customers.length })} · ${t(`search.as.${understoodAs}`)}`;
}

function Results({ answer, choosing }: { answer: SearchAnswer; choosing: Choosing }) {
  if (answer.customers.length === 0) return null;
  return (
    <>
      <ul className="results" aria-label={t('region.results')}>
        {answer.customers.map((customer) => (
          <li className="result" key={customer.id}>
            <Result customer={customer} choosing={choosing} />
          </li>
        ))}
      </ul>
      {answer.more && <p className="quiet">{t('search.more')}</p>}
    </>
  );
}

function Result({ customer, choosing }: { customer: CustomerCard; choosing: Choosing }) {
  const { id, name, tier, company, phones, emails, cases, records } = customer;
  const about = [company, phones[0]?.masked, emails[0]?.masked].filter((part) => part !== undefined);
  return (
    <>
      <div className="result-about">
        <p className="result-name">
          <span id={`result-${id}`}>{name}</span> {tier !== undefined && <Chip>{tier}</Chip>}
        </p>
        <p className="customer-line customer-line-small">
          {about.map((part) => (
            <span key={part}>{part}</span>
          ))}
          {cases.length > 0 && <span>{t('search.cases', { count: cases.length })}</span>}
          <span>{records.map(({ source }) => source.label).join(', ')}</span>
        </p>
      </div>
      {records.some((record) => record.id === choosing.shownId) ? (
        <span className="quiet">{t('search.shownNow')}</span>
      ) : (
        <Button isBusy={choosing.isBusy} aria-describedby={`result-${id}`} onClick={() => choosing.choose(customer)}>
          {t(choosing.words)}
        </Button>
      )}
    </>
  );
}
