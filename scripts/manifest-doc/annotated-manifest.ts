/** A manifest that uses every field of the spec that is not the choice of a kind, with the defaults where they are good. */
export const annotatedManifest = `apiVersion: appaccess.dev/v1alpha1
kind: AppAccess
metadata:
  name: order-api # unique in the namespace
  namespace: shop
spec:
  # The workload that gets the role: exactly one of lambda, ec2, ecsTask, serviceAccount, service. Its kind is final.
  subject:
    serviceAccount:
      name: order-api
      via: [PodIdentity] # the default; IRSA, or both while moving

  # What it may do. Each grant has exactly one kind; grants.md lists them with their verbs.
  grants:
    - name: order-files # optional: the Sid of the statements begins with it
      s3:
        bucket: orders
        prefix: incoming/ # ends in a slash; without it the whole bucket is meant
        access: [Read, Write]
    - dynamodb:
        table: orders
        access: [Read]
        conditions: # must hold besides what the controller writes
          StringEquals:
            aws:SourceVpc: [vpc-0a1b2c3d]
    - sqs:
        queue: shipments
        region: eu-central-1 # where the resource is elsewhere than the controller
        accountId: "444455556666" # in quotation marks: it is a text
        kmsKey: arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab
        access: [Send]
    - kms:
        key: 1234abcd-12ab-34cd-56ef-1234567890ab
        actions: ["kms:DescribeKey"] # in place of verbs
    - statement: # IAM's own grammar, for what no other kind covers
        effect: Allow
        actions: ["rekognition:DetectText"]
        resources: ["*"]

  # The IAM role itself; all of it is optional.
  role:
    name: order-api # final: cannot be set, changed or removed later
    description: Order API of the shop
    maxSessionDuration: 2h
    permissionsBoundary: arn:aws:iam::111122223333:policy/team-boundary
    tags:
      cost-centre: "4711"

  # What to do when somebody changes the role in AWS.
  drift:
    mode: Repair # the default, or Report
    unmanaged: Remove # the default, or Report

  deletionPolicy: Delete # the default, or Retain
  suspend: false # the default
`;
