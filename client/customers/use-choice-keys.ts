import { useEffect } from 'react';

type ChoiceKeys = { choose?: (index: number) => void; undo?: () => void };

/** 1–9 choose and `u` undoes, unless the agent is typing, a dialog is open or a modifier key is held. */
export function useChoiceKeys({ choose, undo }: ChoiceKeys): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.isComposing) return;
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isDialogOpen()) return;
      if (/^[1-9]$/.test(event.key)) choose?.(Number(event.key) - 1);
      if (event.key.toLowerCase() === 'u') undo?.();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [choose, undo]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}

function isDialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null;
}
