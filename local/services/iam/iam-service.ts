import type { GetRoleCommandInput } from '@aws-sdk/client-iam';
import type { Environment, ServiceModule } from '../../core/api';
import { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { roleIdOf } from '../../core/user-id';

interface IamDependencies {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly hasRole: (roleArn: string) => boolean;
}

/** GetRole: which ARN and id a role of the template has. Roles are made by deploying it. */
export const createIamService = ({ clock, environment, hasRole }: IamDependencies): ServiceModule => {
  const CreateDate = new Date(clock.now());
  const arnOf = (name: unknown) => `arn:aws:iam::${environment.accountId}:role/${String(name)}`;
  return {
    service: 'iam',
    operations: {
      GetRole: ({ RoleName = '' }: GetRoleCommandInput) => {
        const Arn = arnOf(RoleName);
        if (!hasRole(Arn))
          throw new AwsError('NoSuchEntityException', `The role with name ${RoleName} cannot be found.`, 404);
        return { Role: { Path: '/', RoleName, RoleId: roleIdOf(Arn), Arn, CreateDate } };
      },
    },
    resourcesOf: (_operation, { RoleName }) => [arnOf(RoleName)],
  };
};
