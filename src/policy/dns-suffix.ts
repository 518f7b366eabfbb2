/** What the host names of AWS's services end in. Source: https://docs.aws.amazon.com/general/latest/gr/rande.html */
export function dnsSuffix(partition: string): string {
  return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}
