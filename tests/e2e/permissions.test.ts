import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedAws } from '../../local/embedded-aws';
import { ROOT } from '../support/template';

jest.setTimeout(60_000);

/** The project with one text of its template replaced, in a folder of its own. */
const projectWith = async (from: string, to: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'wme-permissions-'));
  for (const shared of ['node_modules', 'proto', 'statemachines', 'functions'])
    await symlink(join(ROOT, shared), join(folder, shared));
  const template = await readFile(join(ROOT, 'template.yaml'), 'utf8');
  if (!template.includes(from)) throw new Error(`the template has no ${from}`);
  const templatePath = join(folder, 'template.yaml');
  await writeFile(templatePath, template.replace(from, to));
  return { templatePath, remove: () => rm(folder, { recursive: true, force: true }) };
};

test('the embedded AWS denies a call that the Policies of a function do not allow', async () => {
  const { templatePath, remove } = await projectWith('[s3:PutObject, s3:DeleteObject]', 's3:DeleteObject');
  const start = startEmbeddedAws({
    ...{ stackName: 'wme', httpPort: 0, mqttPort: 0, report: () => undefined },
    templatePath,
  });
  // The custom resource that uploads the descriptor fails, and with it the deployment.
  await expect(start.finally(remove)).rejects.toThrow(
    /Descriptor\.ServiceToken: the function answered FAILED: .*is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::wme-protobucket-/,
  );
});
