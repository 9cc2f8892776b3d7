/** One entry of a secret, with which the receiver verifies a signature, or the pipeline signs what it delivers. */
export type Credential = Readonly<Record<string, unknown>>;

/** Field of a secret that a person types. */
export interface Field {
  key: string;
  question: string;
  /** True if the terminal must not show it. */
  hidden: boolean;
  optional?: true;
  /** True for the URL that a provider signs too. The source's own URL is the default. */
  isUrl?: true;
}
