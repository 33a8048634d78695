import type { ButtonHTMLAttributes } from 'react';

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type' | 'disabled'> & {
  look?: 'primary' | 'plain' | 'quiet' | 'icon';
  submits?: boolean;
  /** Stays focusable but does nothing: the `disabled` attribute would drop the keyboard focus. */
  isBusy?: boolean;
};

export function Button({ look = 'plain', submits = false, isBusy = false, onClick, className, ...rest }: ButtonProps) {
  const classes = ['button', look === 'plain' ? '' : `button-${look}`, className ?? ''].filter(Boolean).join(' ');
  return (
    <button
      {...rest}
      type={submits ? 'submit' : 'button'}
      className={classes}
      aria-disabled={isBusy || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
