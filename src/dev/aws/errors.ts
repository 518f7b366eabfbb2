/**
 * What the embedded API refuses a call with: the code and HTTP status that go on the wire and AWS's own message.
 * Sources: errors of each call in https://docs.aws.amazon.com/IAM/latest/APIReference/ and
 * https://docs.aws.amazon.com/eks/latest/APIReference/; messages as AWS accounts were seen to answer.
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'AwsError';
    this.status = status;
    this.code = code;
  }
}

export const noSuchEntity = (message: string) => new AwsError(404, 'NoSuchEntity', message);
export const entityAlreadyExists = (message: string) => new AwsError(409, 'EntityAlreadyExists', message);
export const deleteConflict = (message: string) => new AwsError(409, 'DeleteConflict', message);
/** IAM's answer to a quota; always 409, although the JS SDK takes the code for throttling. */
export const limitExceeded = (message: string) => new AwsError(409, 'LimitExceeded', message);
export const malformedPolicyDocument = (message: string) => new AwsError(400, 'MalformedPolicyDocument', message);
export const invalidInput = (message: string) => new AwsError(400, 'InvalidInput', message);
export const validationError = (message: string) => new AwsError(400, 'ValidationError', message);
/** `service` writes the code as IAM and STS do, or as EKS does. */
export const accessDenied = (service: 'iam' | 'sts' | 'eks', message: string) =>
  new AwsError(403, service === 'eks' ? 'AccessDeniedException' : 'AccessDenied', message);

export const roleNotFound = (name: string) => noSuchEntity(`The role with name ${name} cannot be found.`);
export const protectedRole = (name: string) =>
  new AwsError(
    400,
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
export const instanceProfileNotFound = (name: string) => noSuchEntity(`Instance Profile ${name} cannot be found.`);

export const eksNotFound = (message: string) => new AwsError(404, 'ResourceNotFoundException', message);
export const eksInvalidParameter = (message: string) => new AwsError(400, 'InvalidParameterException', message);
export const eksResourceInUse = (message: string) => new AwsError(409, 'ResourceInUseException', message);
export const eksLimitExceeded = (message: string) => new AwsError(400, 'ResourceLimitExceededException', message);
