import './messages-on-use.ts';
import { t } from './messages.ts';
import { PlainState } from './state-pages.tsx';

export function OutsideZoom() {
  return (
    <PlainState title={t('state.outside.title')}>
      <p>{t('state.outside.text')}</p>
      <ol className="plain-state-steps">
        <li>{t('state.outside.step1')}</li>
        <li>{t('state.outside.step2')}</li>
        <li>{t('state.outside.step3')}</li>
      </ol>
    </PlainState>
  );
}
