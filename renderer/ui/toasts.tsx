import { useEffect } from 'react';
import { type Toast, useView } from '../view-state.ts';

function ToastLine({ toast }: { readonly toast: Toast }) {
  const unsay = useView((view) => view.unsay);
  useEffect(() => {
    const timer = setTimeout(() => unsay(toast.id), 6_000);
    return () => clearTimeout(timer);
  }, [toast.id, unsay]);
  return <p className={`toast ${toast.tone}`}>{toast.text}</p>;
}

/** What just happened, said once. The region stays in the page, or screen readers would miss its first line. */
export function Toasts() {
  const toasts = useView((view) => view.toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </div>
  );
}
