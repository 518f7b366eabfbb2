/** What shows in one request who sends it. Neither: nobody. */
export interface Proof {
  /** Of the header of that name. */
  readonly authorization?: string;
  /** A client certificate and its key, in PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

export type Authenticate = () => Promise<Proof>;
