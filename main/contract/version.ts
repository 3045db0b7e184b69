/**
 * The version of the contract, which is the version of the package: a client and a host that differ in it do not talk
 * (`contract_mismatch`). A constant and not a read of package.json, so that no program needs a file to know who it is.
 */
export const contractVersion = '0.1.0';
