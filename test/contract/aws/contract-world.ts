import { randomUUID } from 'node:crypto';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient, type IAMServiceException } from '@aws-sdk/client-iam';
import { test } from 'vitest';

/** An AWS API to hold the suite against. It must be empty of names that start with `contract-`, or keep them apart. */
export interface AwsContractWorld {
  readonly name: 'embedded' | 'moto';
  /** Asked for when a case runs, so the server may be started in a `beforeAll`. */
  url(): string;
  readonly accountId: string;
  readonly region: string;
  /** An EKS cluster that exists; only where EKS Pod Identity is served. */
  readonly clusterName?: string;
}

/** What a case works with: real SDK clients that try once, and names nobody else has. */
export interface ContractTools {
  readonly iam: IAMClient;
  readonly eks: EKSClient;
  readonly world: AwsContractWorld;
  newName(): string;
}

export type ContractCase = (tools: ContractTools) => Promise<void>;

/** Registers cases for one world. A case that does not hold there is not registered: the reason stands beside it. */
export interface CaseRegistry {
  everywhere(sentence: string, body: ContractCase): void;
  /** `why`: what moto does instead. */
  notOnMoto(why: string, sentence: string, body: ContractCase): void;
}

export function caseRegistry(world: AwsContractWorld): CaseRegistry {
  const register = (sentence: string, body: ContractCase) =>
    test(sentence, async () => {
      const tools = newTools(world);
      try {
        await body(tools);
      } finally {
        tools.iam.destroy();
        tools.eks.destroy();
      }
    });
  return {
    everywhere: register,
    notOnMoto(_why, sentence, body) {
      if (world.name !== 'moto') register(sentence, body);
    },
  };
}

function newTools(world: AwsContractWorld): ContractTools {
  const config = {
    endpoint: world.url(),
    region: world.region,
    credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
    maxAttempts: 1,
  };
  return {
    iam: new IAMClient(config),
    eks: new EKSClient(config),
    world,
    newName: () => `contract-${randomUUID()}`,
  };
}

/** The code and HTTP status of the AWS error with which `call` fails; fails itself when the call succeeds. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; status: number | undefined }> {
  const { code, status } = await refusalWithMessage(call);
  return { code, status };
}

/** As {@link refusal}, with the message. */
export async function refusalWithMessage(
  call: Promise<unknown>,
): Promise<{ code: string; status: number | undefined; message: string }> {
  try {
    await call;
  } catch (error) {
    if (isServiceError(error)) {
      return { code: error.name, status: error.$metadata.httpStatusCode, message: error.message };
    }
    throw error;
  }
  throw new Error('the call succeeded');
}

function isServiceError(error: unknown): error is Pick<IAMServiceException, 'name' | 'message' | '$metadata'> {
  return error instanceof Error && '$metadata' in error;
}

/** A document that came percent-encoded over the wire, parsed. */
export function decodeDocument(document: string | undefined): unknown {
  return JSON.parse(decodeURIComponent(document ?? ''));
}

/** A trust policy that lets one AWS service in. */
export function trustOf(service: string, actions: string | readonly string[] = 'sts:AssumeRole'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: actions }],
  });
}

/** An identity policy of one statement that allows `action` on `resource`. */
export function allow(action: string, resource: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  });
}

export const LAMBDA_TRUST = trustOf('lambda.amazonaws.com');
export const POD_IDENTITY_TRUST = trustOf('pods.eks.amazonaws.com', ['sts:AssumeRole', 'sts:TagSession']);
