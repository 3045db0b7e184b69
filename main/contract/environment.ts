/** The variables a program was started with, or those it gives one that it starts. */
export type Environment = Readonly<Record<string, string | undefined>>;
