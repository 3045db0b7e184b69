import { spawn } from 'node:child_process';

// `at-terminal 'Passphrase: =hunter2' -- aivault unlock`: runs a command at a real terminal (util-linux `script`), waits
// for each question and types the answer. Prints what the terminal showed; ends with the command's code.

const words = process.argv.slice(2);
const dashes = words.indexOf('--');
const answers = words.slice(0, dashes).map((word) => {
  const equals = word.indexOf('=');
  return { question: word.slice(0, equals), answer: word.slice(equals + 1) };
});
const quoted = words.slice(dashes + 1).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
const child = spawn('script', ['-qefc', quoted.join(' '), '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
let shown = '';
let read = 0;
child.stdout.setEncoding('utf8').on('data', (text: string) => {
  shown += text;
  const next = answers[0];
  if (next === undefined || !shown.slice(read).includes(next.question)) return;
  read = shown.length;
  answers.shift();
  child.stdin.write(next.answer === '^C' ? '\u0003' : `${next.answer}\r`);
});
child.once('close', (code) => {
  process.stdout.write(shown.replaceAll('\r\n', '\n').replaceAll('\r', '\n'));
  process.exitCode = code ?? 1;
});
