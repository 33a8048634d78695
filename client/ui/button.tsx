import type { ButtonHTMLAttributes } from 'react';

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type' | 'disabled'> & {
  look?: 'primary' | 'plain' | 'quiet' | 'icon';
  submits?: boolean;
  /** Stays focusable and named, but does nothing: a disabled button would drop the focus of the one who pressed it. */
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
