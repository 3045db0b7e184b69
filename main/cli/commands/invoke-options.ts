import { flag, list, text } from '../command.ts';
import { contextOptions } from '../scope-flags.ts';

/** What every way of calling an API takes. */
export const invokeOptions = {
  method: text('METHOD', 'The method (default: the only one allowed, else POST with a body, else GET).'),
  path: text('PATH', 'Path and query (default: the only path without parameters).'),
  header: list('NAME=VALUE', 'A request header.'),
  body: text('TEXT', 'The body; JSON gets its content-type.'),
  'body-file-path': text('FILE', 'Send this file as the body; - is stdin.', { complete: 'file' }),
  'multipart-field': list('NAME=VALUE', 'A field of a multipart form.'),
  'multipart-file': list('NAME=FILE', 'A file of a multipart form.'),
  request: text('JSON', 'The whole request, or envelope, as JSON.'),
  'request-file': text('FILE', 'The same, from a file; - is stdin.', { complete: 'file' }),
  credential: text('ID', 'The credential to use.', { complete: 'credential' }),
  ...contextOptions,
  consumer: text('NAME', 'The consumer, where a binding is made for one.'),
  // Read with the rest of the request and not before it: an unknown capability is named first, whatever this says.
  'timeout-ms': text('MS', 'How long the whole call may take.'),
  stream: flag('Print the answer as it arrives; invoke always does.'),
  fail: flag('End with exit code 9 where the status is not 2xx.'),
  'client-ip': text('ADDRESS', 'A loopback address; others are refused.'),
} as const;

export const markdownOptions = {
  namespace: text('NAME', 'Wrap the whole in <begin NAME> … </end NAME>.'),
  'exclude-field': list('KEY', 'Leave this key out, at every depth.'),
  'wrap-field': list('KEY', 'Wrap the text of this key in <begin KEY> … </end KEY>.'),
} as const;
