import { useEffect } from 'react';
import { useAsk } from '../../query.ts';

/** Puts the chosen appearance on the page; `system` follows the desktop, also while the window is open. */
export function useAppearance(): void {
  const chosen = useAsk('vault.status', {}).value?.window.appearance ?? 'system';
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      document.documentElement.dataset.theme = chosen === 'system' ? (dark.matches ? 'dark' : 'light') : chosen;
    };
    apply();
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [chosen]);
}
