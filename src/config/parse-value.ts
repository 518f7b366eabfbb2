import type { ListenAddress } from './config.ts';

/** What a text means, or what is wrong with it and what to write instead. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };
export type ParseValue<T> = (text: string) => Parsed<T>;

/** Texts that `pattern` matches, as they are; `remedy` goes after "is not valid: ". */
export function matching(pattern: RegExp, remedy: string): ParseValue<string> {
  return (text) => (pattern.test(text) ? { value: text } : { problem: `${quote(text)} is not valid: ${remedy}` });
}

/** One of `choices`, spelled exactly. */
export function oneOf<const T extends string>(choices: readonly T[]): ParseValue<T> {
  return (text) => {
    const value = choices.find((choice) => choice === text);
    return value === undefined ? { problem: `${quote(text)} is not one of ${choices.join(', ')}` } : { value };
  };
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): ParseValue<number> {
  return (text) => {
    const value = Number(text);
    const inside = /^[0-9]+$/.test(text) && value >= least && value <= most;
    return inside ? { value } : { problem: `${quote(text)} is not a whole number from ${least} to ${most}` };
  };
}

/** A whole number up to `most`; `0` is `undefined`, no limit. */
export function numberOrNone(most: number): ParseValue<number | undefined> {
  const parse = wholeNumber(0, most);
  return (text) => {
    const parsed = parse(text);
    return 'value' in parsed && parsed.value === 0 ? { value: undefined } : parsed;
  };
}

/** UIDs of clusters with commas between, at least one, each once and in the order given. */
export function clusterUids(text: string): Parsed<readonly string[]> {
  const uids = text.split(',').map((uid) => uid.trim().toLowerCase());
  const wrong = uids.find((uid) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uid));
  if (wrong === undefined) return { value: [...new Set(uids)] };
  const command = "kubectl get namespace kube-system -o jsonpath='{.metadata.uid}'";
  return { problem: `${quote(wrong)} is not the uid of a cluster: write what ${command} prints there` };
}

/** `true` or `false`, in any case, or 1 or 0. */
export function yesOrNo(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (word === 'true' || word === '1') return { value: true };
  if (word === 'false' || word === '0') return { value: false };
  return { problem: `${quote(text)} is neither true nor false` };
}

/** Seconds of a duration such as `10m` or `1h30m`, from `leastSeconds` to `mostSeconds`. */
export function durationSeconds(leastSeconds: number, mostSeconds: number): ParseValue<number> {
  return (text) => {
    if (!/^([0-9]+(s|m|h))+$/.test(text)) {
      return { problem: `${quote(text)} is not a duration: write numbers with s, m or h, such as 90s or 1h30m` };
    }
    const parts = [...text.matchAll(/([0-9]+)(s|m|h)/g)];
    const value = parts.reduce((sum, [, number, unit]) => sum + Number(number) * secondsOf(unit), 0);
    const inside = value >= leastSeconds && value <= mostSeconds;
    return inside
      ? { value }
      : { problem: `${quote(text)} is not between ${leastSeconds}s and ${mostSeconds / 3600}h` };
  };
}

function secondsOf(unit: string | undefined): number {
  if (unit === 'h') return 3600;
  return unit === 'm' ? 60 : 1;
}

/** `:8080`, `127.0.0.1:8080`, `[::1]:8080` or a host name with a port; `0` is `undefined`, switched off. */
export function listenAddress(text: string): Parsed<ListenAddress | undefined> {
  if (text === '0') return { value: undefined };
  const [, inBrackets, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):([0-9]{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    return { problem: `${quote(text)} is not an address: write :8080, 127.0.0.1:8080, or 0 to switch it off` };
  }
  const host = inBrackets ?? plain;
  return { value: host ? { host, port } : { port } };
}

/** An issuer of service account tokens, without a slash at its end, as IAM names its provider. */
export function issuerUrl(text: string): Parsed<string> {
  const remedy =
    'give the issuer as aws eks describe-cluster prints it, such as https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = /^https:\/\/[^\s?#@]+$/.test(text);
  return url !== undefined && plain
    ? { value: text.replace(/\/+$/, '') }
    : { problem: `${quote(text)} is not an https URL without query: ${remedy}` };
}

function quote(text: string): string {
  return JSON.stringify(text);
}
