/** Where a host keeps what is the vault's. */
export interface CorePaths {
  readonly vaultFolder: string;
  readonly database: string;
  readonly audit: string;
  readonly defaultKeyFile: string;
  /** The folder of ours that holds the others; may be the vault's own. */
  readonly baseFolder?: string;
  /** 0700, outside the vault folder where that is possible. */
  readonly stateFolder: string;
}
