/**
 * On-demand prices in USD, us-east-1, without free tiers and volume discounts. `unconfirmed` lists the prices that could not
 * be checked, because AWS renders the price tables of IoT Core rules and IoT Device Management by script.
 */
export const PRICES = {
  /** Month of the quoted prices. */
  date: '2025-08',
  unconfirmed: ['jobExecution', 'indexUpdate', 'indexQuery', 'ruleTriggered', 'ruleAction'],
  /** AWS Step Functions, standard workflow, per state transition. */
  transition: 25 / 1e6,
  /** AWS Lambda, arm64: per request, and per GB-second. */
  invocation: 0.2 / 1e6,
  gigabyteSecond: 0.0000133334,
  /** Amazon DynamoDB, on demand, standard table class. */
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  /** Amazon SNS, standard topic: per publish; deliveries to Lambda are free. */
  publish: 0.5 / 1e6,
  /** AWS IoT Core: per message of up to 5 KB, in or out; per rule triggered, per action. */
  message: 1 / 1e6,
  ruleTriggered: 0.15 / 1e6,
  ruleAction: 0.15 / 1e6,
  /** AWS IoT Core registry: per operation of up to 1 KB. */
  registryOperation: 1.25 / 1e6,
  /** AWS IoT Device Management: per job execution, per update of the index, per query. */
  jobExecution: 0.003,
  indexUpdate: 2.25 / 1e6,
  indexQuery: 5 / 1e6,
  /** Amazon CloudWatch: per GB of logs. */
  logGigabyte: 0.5,
  /** AWS X-Ray: per trace recorded. */
  trace: 5 / 1e6,
} as const;
