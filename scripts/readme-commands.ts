/** Blocks of the README that must fail, and how: they show an error on purpose. */
const EXPECTED_EXITS: readonly { readonly command: RegExp; readonly code: number }[] = [
  { command: /^appaccess plan/m, code: 2 },
  { command: /^kubectl patch/m, code: 1 },
];

/** The shell blocks of the README's section `First minutes`, in their order. */
export function firstMinutes(readme: string): readonly string[] {
  const section = readme.split(/^## /m).find((text) => text.startsWith('First minutes'));
  return [...(section ?? '').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
}

/** One script that runs `blocks` in one shell, echoes each command and stops at the first that ends as it should not. */
export function toScript(blocks: readonly string[]): string {
  return ['set -e', ...blocks.map(guarded)].join('\n');
}

function guarded(block: string): string {
  const expected = EXPECTED_EXITS.find(({ command }) => command.test(block));
  if (expected === undefined) return `set -x\n${block}`;
  return `set -x\ncode=0\n{ ${block.trim()}\n} || code=$?\n[ "$code" = ${expected.code} ]`;
}
