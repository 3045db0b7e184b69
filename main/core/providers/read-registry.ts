import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Provider, provider as providerSchema } from './schema.ts';

export interface RegistryFile {
  /** `openai.json` */
  readonly file: string;
  readonly provider: Provider;
}

/** Reads and validates a registry folder. Throws one error that names the file and every place that does not fit. */
export function readRegistry(folder: URL): RegistryFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'schema.json')
    .sort()
    .map((file) => ({ file, provider: parseProvider(file, readFileSync(new URL(file, folder), 'utf8')) }));
}

/** One provider file's text, validated. The file is named after its provider. */
export function parseProvider(file: string, text: string): Provider {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`registry/${file} is not JSON: ${(error as Error).message}`);
  }
  const parsed = providerSchema.safeParse(json);
  if (!parsed.success) throw new Error(`registry/${file} does not fit its schema:\n${z.prettifyError(parsed.error)}`);
  if (file !== `${parsed.data.provider}.json`)
    throw new Error(`registry/${file} holds the provider ${parsed.data.provider}`);
  return parsed.data;
}

/** registry/schema.json as it must be: what an editor checks a provider file with. */
export function registryJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(providerSchema, { io: 'input' }), null, 2)}\n`;
}
