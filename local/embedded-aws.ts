import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ACCOUNT_PRINCIPAL, type Environment, type Principal, type Report } from './core/api';
import { systemClock } from './core/clock';
import { createApi } from './core/create-api';
import { deployTemplate, type Stack } from './deploy/deploy-template';
import { createDynamoDbService } from './services/dynamodb/dynamodb-service';
import { createAuthorizer } from './services/iam/authorizer';
import { createIotJobsDataService } from './services/iot-jobs-data/iot-jobs-data-service';
import { createIotService } from './services/iot/iot-service';
import { createLambdaService } from './services/lambda/lambda-service';
import { createBroker } from './services/mqtt/broker';
import { createIotDataService } from './services/mqtt/iot-data-service';
import { createLocalCa } from './services/mqtt/local-ca';
import { createRulesEngine } from './services/rules/rules-engine';
import { createS3Service } from './services/s3/s3-service';
import { createSnsService } from './services/sns/sns-service';
import { createSqsService } from './services/sqs/sqs-service';
import { createStatesService } from './services/states/states-service';
import { createStsService } from './services/sts/sts-service';
import { createHttpFrontEnd } from './wire/http-front-end';

export interface EmbeddedAwsOptions {
  readonly stackName: string;
  /** 0 takes a free port. */
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Also listen with mutual TLS. */
  readonly tlsPort?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly report: Report;
}

/** Counts since the start or the last reset. */
export interface LocalMetrics {
  readonly stateTransitions: number;
  readonly sdkCalls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly lambdaInvocations: number;
  readonly deadLetters: number;
  readonly ruleFailures: number;
}
