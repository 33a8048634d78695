import { type ReactNode, useState } from 'react';
import type { CustomerCard as Card } from '#contract/customers.ts';
import type { Api } from '../api/client.ts';
import { Button } from '../ui/button.tsx';
import { CustomerCard } from './customer-card.tsx';
import { CustomerSearch } from './lazy-customer-search.tsx';
import { t } from './messages.ts';

/** A search without an engagement: results can be viewed, not linked. `children` are rendered above the search. */
export function BrowseCustomers({ api, children }: { api: Api; children: ReactNode }) {
  const [chosen, setChosen] = useState<Card | null>(null);
  return (
    <>
      {chosen !== null && (
        <>
          <p className="browse-back">
            <Button look="quiet" onClick={() => setChosen(null)}>
              {t('search.back')}
            </Button>
          </p>
          <CustomerCard customer={chosen} reveal={null}>
            {null}
          </CustomerCard>
        </>
      )}
      <div hidden={chosen !== null}>
        {children}
        <CustomerSearch api={api} startWith="" choosing={{ words: 'search.show', choose: setChosen, isBusy: false }} />
      </div>
    </>
  );
}
