// The package comes without types; this is the part of it the tests use.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Context {
    readonly path: string;
    readonly status: number;
    readonly oidc?: {
      readonly params?: { readonly grant_type?: string };
      readonly entities: { readonly Grant?: { readonly jti: string } };
    };
    get(header: string): string;
  }

  interface Stored {
    readonly isValid: boolean;
    destroy(): Promise<void>;
  }

  interface Model {
    find(id: string): Promise<Stored | undefined>;
  }

  export interface Configuration {
    readonly findAccount: (context: Context, id: string) => Promise<object>;
    readonly [name: string]: unknown;
  }

  // biome-ignore lint/style/noDefaultExport: the package's own shape
  export default class Provider {
    constructor(issuer: string, configuration: Configuration);
    readonly AccessToken: Model;
    readonly ClientCredentials: Model;
    readonly Grant: Model;
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }
}
