/** What is known of an AWS service that assumes roles of its customers. */
export interface ServicePrincipal {
  /**
   * Shapes of the ARNs that the service sends as `aws:SourceArn`, with `{partition}`, `{region}` and `{accountId}`,
   * `{name}` for what the user names, and `{id}` for what AWS names when the resource is made, which needs the role: for
   * that part alone `*` may stand.
   */
  readonly sources: readonly string[];
  /** AWS's page that says so. */
  readonly page: string;
}

/** `arn:{partition}:<service>:{region}:{accountId}:<resource>` */
const at = <Service extends string, Resource extends string>(service: Service, resource: Resource) =>
  `arn:{partition}:${service}:{region}:{accountId}:${resource}` as const;

/** The services that a role can be bound to one resource of: they are documented to say on whose behalf they act. */
export const SERVICE_PRINCIPALS = {
  'appsync.amazonaws.com': {
    sources: [at('appsync', 'apis/{id}')],
    page: 'https://docs.aws.amazon.com/appsync/latest/devguide/attaching-a-data-source.html',
  },
  'autoscaling.amazonaws.com': {
    sources: [at('autoscaling', 'autoScalingGroup:{id}:autoScalingGroupName/{name}')],
    page: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/cross-service-confused-deputy-prevention.html',
  },
  'bedrock.amazonaws.com': {
    sources: [
      at('bedrock', 'agent/{id}'),
      at('bedrock', 'flow/{id}'),
      at('bedrock', 'knowledge-base/{id}'),
      at('bedrock', 'model-customization-job/{id}'),
      at('bedrock', 'model-invocation-job/{id}'),
    ],
    page: 'https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html',
  },
  'cloudformation.amazonaws.com': {
    sources: [at('cloudformation', 'stackset/{name}:{id}')],
    page: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html',
  },
  'codebuild.amazonaws.com': {
    sources: [at('codebuild', 'project/{name}')],
    page: 'https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html',
  },
  'credentials.iot.amazonaws.com': {
    sources: [at('iot', 'rolealias/{name}')],
    page: 'https://docs.aws.amazon.com/iot/latest/developerguide/cross-service-confused-deputy-prevention.html',
  },
  'datasync.amazonaws.com': {
    sources: [at('datasync', 'location/{id}')],
    page: 'https://docs.aws.amazon.com/datasync/latest/userguide/cross-service-confused-deputy-prevention.html',
  },
  'events.amazonaws.com': {
    sources: [at('events', 'rule/{name}')],
    page: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html',
  },
  'grafana.amazonaws.com': {
    sources: [at('grafana', '/workspaces/{id}')],
    page: 'https://docs.aws.amazon.com/grafana/latest/userguide/cross-service-confused-deputy-prevention.html',
  },
  'iot.amazonaws.com': {
    sources: [at('iot', 'cacert/{id}'), at('iot', 'provisioningtemplate/{name}')],
    page: 'https://docs.aws.amazon.com/iot/latest/developerguide/cross-service-confused-deputy-prevention.html',
  },
  'kinesisanalytics.amazonaws.com': {
    sources: [at('kinesisanalytics', 'application/{name}')],
    page: 'https://docs.aws.amazon.com/managed-flink/latest/java/iam-cross-service-confused-deputy-prevention.html',
  },
  'mediaconvert.amazonaws.com': {
    sources: [at('mediaconvert', 'queues/{name}')],
    page: 'https://docs.aws.amazon.com/mediaconvert/latest/ug/cross-service-confused-deputy-prevention.html',
  },
  'monitoring.rds.amazonaws.com': {
    sources: [at('rds', 'db:{name}')],
    page: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html',
  },
  'pipes.amazonaws.com': {
    sources: [at('pipes', 'pipe/{name}')],
    page: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html',
  },
  'sagemaker.amazonaws.com': {
    sources: [
      at('sagemaker', 'compilation-job/{name}'),
      at('sagemaker', 'pipeline/{name}'),
      at('sagemaker', 'processing-job/{name}'),
      at('sagemaker', 'training-job/{name}'),
      at('sagemaker', 'transform-job/{name}'),
    ],
    page: 'https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html',
  },
  'scheduler.amazonaws.com': {
    // The group and never one schedule: AWS sends no other ARN.
    sources: [at('scheduler', 'schedule-group/{name}')],
    page: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html',
  },
  'ssm.amazonaws.com': {
    sources: [at('ssm', 'automation-execution/{id}')],
    page: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html',
  },
  'states.amazonaws.com': {
    sources: [at('states', 'stateMachine:{name}')],
    page: 'https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html',
  },
  'transfer.amazonaws.com': {
    sources: [
      at('transfer', 'connector/{id}'),
      at('transfer', 'server/{id}'),
      at('transfer', 'user/{id}/{name}'),
      at('transfer', 'workflow/{id}'),
    ],
    page: 'https://docs.aws.amazon.com/transfer/latest/userguide/confused-deputy.html',
  },
  'vpc-flow-logs.amazonaws.com': {
    sources: [at('ec2', 'vpc-flow-log/{id}')],
    page: 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html',
  },
} as const satisfies Readonly<Record<string, ServicePrincipal>>;

export type ServicePrincipalName = keyof typeof SERVICE_PRINCIPALS;

export const SERVICE_PRINCIPAL_NAMES = Object.keys(SERVICE_PRINCIPALS) as readonly ServicePrincipalName[];
