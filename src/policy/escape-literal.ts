/**
 * `text` so that IAM takes it literally in a resource or in the value of a string condition: `*`, `?` and `${` become
 * the variables that stand for them. The schema lets none of them through today; this holds when it did not see the
 * object. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function escapeLiteral(text: string): string {
  // A dollar before what is escaped is escaped too: nothing then depends on how IAM reads `$${`.
  return text.replace(/[*?]|\$(?=[{*?$])/g, (character) => `\${${character}}`);
}
