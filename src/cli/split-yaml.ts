/** One document's text and where it stands in its file. */
export interface YamlPart {
  readonly text: string;
  /** Line of the file on which `text` starts, counted from 1. */
  readonly firstLine: number;
}

/**
 * `source` cut before every line that starts with `---`, as kubectl cuts it, so that a mistake in one document does not
 * hide those in the next. YAML allows such a line nowhere but between documents, not even inside quotes.
 * Source: https://yaml.org/spec/1.2.2/#912-document-markers
 */
export function splitYaml(source: string): readonly YamlPart[] {
  const parts: YamlPart[] = [];
  let lines: string[] = [];
  let firstLine = 1;
  for (const [index, line] of source.split(/\r\n|\r|\n/).entries()) {
    if (/^---(\s|$)/.test(line) && lines.length > 0) {
      parts.push({ text: lines.join('\n'), firstLine });
      lines = [];
      firstLine = index + 1;
    }
    lines.push(line);
  }
  return [...parts, { text: lines.join('\n'), firstLine }];
}
