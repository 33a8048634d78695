import { formatDuration } from '../i18n/format.ts';
import type { IconName } from '../ui/icon.tsx';
import type { TimelineLine } from './compose-timeline.ts';
import { t } from './messages.ts';

/** The text of a line without its agent. */
export function formatLine(line: TimelineLine): string {
  const { kind, count, text = '' } = line;
  const to = receiverOf(line);
  const hasLasted = typeof line.durationMs === 'number';
  const duration = formatDuration(line.durationMs ?? 0);
  switch (kind) {
    case 'hold':
    case 'muted':
    case 'wrap-up-started':
      return hasLasted ? t(`timeline.${kind}.lasted`, { duration }) : t(`timeline.${kind}`);
    case 'queued': {
      const { queue } = line;
      if (queue === undefined) return hasLasted ? t('timeline.queued.lasted', { duration }) : t('timeline.queued');
      return hasLasted ? t('timeline.queued.in.lasted', { duration, queue }) : t('timeline.queued.in', { queue });
    }
    case 'transfer-started':
      return t(line.mode === 'warm' ? 'timeline.transfer-started.warm' : 'timeline.transfer-started', { to });
    case 'upgrade-started':
    case 'upgraded':
      return t(`timeline.${kind}`, {
        channel: line.channel === undefined ? t('timeline.anotherChannel') : t(`channel.${line.channel}`),
      });
    case 'dtmf':
      return t('timeline.dtmf', { count: line.digits ?? count });
    default:
      return t(`timeline.${kind}`, { count, to, text });
  }
}

/** The agent of a line, unless the text names one. */
export function lineAgent(line: TimelineLine): string | undefined {
  return namesAgent(line) || isAnswerToTransfer(line) ? undefined : line.agent;
}

/** Lines whose text names the agent who is invited or takes over. */
function namesAgent({ kind, to }: TimelineLine): boolean {
  return to === undefined && (kind.startsWith('conference-') || kind === 'takeover' || kind === 'transfer-accepted');
}

/** The line of the transfer's start already names its sender. */
function isAnswerToTransfer({ kind }: TimelineLine): boolean {
  return kind.startsWith('transfer-') && kind !== 'transfer-started';
}

function receiverOf(line: TimelineLine): string {
  return line.to ?? (namesAgent(line) ? line.agent : line.queue) ?? t('strip.someone');
}

const icons: [RegExp, IconName][] = [
  [/^hold|^unhold/, 'pause'],
  [/mute/, 'muted'],
  [/^transfer/, 'transfer'],
  [/^conference|^consumer/, 'people'],
  [/^monitor|^takeover/, 'eye'],
  [/^note/, 'note'],
  [/^disposition|^ended|^wrap-up-ended/, 'check'],
  [/^recording/, 'record'],
  [/^message|^file|^upgrade/, 'chat'],
  [/^started|^queued|^ringing|^wrap-up/, 'clock'],
  [/^answered/, 'person'],
  [/^declined|^missed|^withdrawn|^left/, 'close'],
];

export function lineIcon({ kind }: TimelineLine): IconName {
  return icons.find(([pattern]) => pattern.test(kind))?.[1] ?? 'phone';
}
