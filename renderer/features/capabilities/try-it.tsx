import { Send } from 'lucide-react';
import { useState } from 'react';
import type { CapabilityDetail } from '#contract/schemas/catalog.ts';
import type { TryAnswer } from '#contract/schemas/try.ts';
import { useAct } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Snippet } from '../../ui/copy-button.tsx';
import { Field, SelectField, TextField } from '../../ui/field.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useSlow } from '../../ui/skeleton.tsx';
import { bytesText, tookText } from '../../ui/words.ts';

const withBody = new Set(['POST', 'PUT', 'PATCH']);

function startBody(body: unknown): string {
  return body === undefined || body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body, null, 2);
}

/** One real request through policy, redaction and audit, as any tool would send it. */
export function TryIt({ detail }: { readonly detail: CapabilityDetail }) {
  const { example } = detail;
  const [method, setMethod] = useState(example?.method ?? detail.defaults.method ?? detail.methods[0] ?? 'GET');
  const [path, setPath] = useState(example?.path ?? detail.defaults.path ?? detail.paths[0] ?? '/');
  const [body, setBody] = useState(startBody(example?.body));
  const [answer, setAnswer] = useState<TryAnswer | null>(null);
  const send = useAct('capabilities.try');
  const slow = useSlow(send.busy);
  const sendsBody = withBody.has(method) && body.trim() !== '';

  const submit = async () => {
    const headers = [
      ...Object.entries(example?.headers ?? {}).map(([name, value]) => ({ name, value })),
      ...(sendsBody ? [{ name: 'content-type', value: 'application/json' }] : []),
    ].filter(({ name }, at, all) => all.findIndex((one) => one.name.toLowerCase() === name.toLowerCase()) === at);
    const result = await send.run({ capability: detail.id, method, path, headers, ...(sendsBody ? { body } : {}) });
    setAnswer(result ?? null);
  };

  return (
    <section className="block-section">
      <h3>Try it</h3>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div className="pair method-path">
          <SelectField label="Method" value={method} onChange={(event) => setMethod(event.target.value)}>
            {detail.methods.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </SelectField>
          <TextField label="Path" mono value={path} onChange={(event) => setPath(event.target.value)} />
        </div>
        {withBody.has(method) ? (
          <Field label="Body">
            {(control) => (
              <textarea
                {...control}
                className="input mono"
                rows={5}
                spellCheck={false}
                value={body}
                onChange={(event) => setBody(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        <div className="row">
          <Button type="submit" icon={<Send size={14} />} busy={send.busy}>
            {slow ? 'Waiting for the answer…' : 'Send'}
          </Button>
          <span className="muted small">
            {detail.effect === 'read'
              ? ''
              : `This is a real call and it can ${detail.effect === 'destructive' ? 'destroy' : 'change'} something.`}
          </span>
        </div>
      </form>
      <Problem error={send.error} />
      {answer === null ? null : <Answered answer={answer} />}
    </section>
  );
}

function Answered({ answer }: { readonly answer: TryAnswer }) {
  if (answer.refusal !== null) {
    return (
      <Problem
        error={{
          error: answer.refusal.error as never,
          message: answer.refusal.message,
          ...(answer.refusal.hint === undefined ? {} : { hint: answer.refusal.hint }),
        }}
      />
    );
  }
  const tone = answer.status < 300 ? 'good' : answer.status < 500 ? 'warn' : 'bad';
  return (
    <div className="stack">
      <p className="row wrap-row">
        <Pill tone={tone}>
          {answer.status} {answer.statusText}
        </Pill>
        <span className="muted">
          {tookText(answer.tookMs)} · {bytesText(answer.bytes)}
          {answer.sent === null ? '' : ` · with ${answer.sent.credential}`}
        </span>
      </p>
      {answer.body === '' ? null : <Snippet text={pretty(answer.body)} label="answer" />}
      {answer.truncated ? <p className="muted small">Only the beginning is shown.</p> : null}
    </div>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
