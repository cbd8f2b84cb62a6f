/** Who may import whom: the domains meet only through messages. */
const domains = ['jobs', 'workflow', 'device-management', 'deployment'];
const folders = [
  'proto',
  'functions',
  'simulator',
  'local',
  'operate',
  'console',
  'cli',
  'bench',
  'plan',
  'chaos',
  'tests',
];
/** All folders but some. */
const allBut = (...known) => `^(${folders.filter((folder) => !known.includes(folder)).join('|')})/`;
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'proto-stands-alone',
      severity: 'error',
      from: { path: '^proto/' },
      to: { path: allBut('proto') },
    },
    ...domains.map((domain) => ({
      name: `${domain}-knows-only-itself`,
      severity: 'error',
      from: { path: `^functions/${domain}/` },
      to: { path: allBut('proto'), pathNot: `^functions/(${domain}|shared)/` },
    })),
    {
      name: 'shared-knows-no-domain',
      severity: 'error',
      from: { path: '^functions/shared/' },
      to: { path: allBut('proto'), pathNot: '^functions/shared/' },
    },
    {
      name: 'simulator-knows-only-proto',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: allBut('proto', 'simulator') },
    },
    {
      name: 'local-knows-only-proto',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: allBut('proto', 'local') },
    },
    {
      name: 'operate-knows-only-functions',
      comment: 'It reads what the functions write, with their own readers.',
      severity: 'error',
      from: { path: '^operate/' },
      to: { path: allBut('proto', 'functions', 'operate') },
    },
    {
      name: 'plan-knows-no-command',
      comment:
        'It runs the state machine of local mode and the functions of the workflow, and reads the prices of the benchmark.',
      severity: 'error',
      from: { path: '^plan/' },
      to: { path: allBut('proto', 'functions', 'local', 'bench', 'plan') },
    },
    {
      name: 'console-works-through-operate',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: `${allBut('proto', 'operate', 'console')}|node_modules/@aws-sdk/` },
    },
    {
      name: 'the-page-knows-no-server',
      comment: 'It runs in a browser: of operate it uses types and pure words.',
      severity: 'error',
      from: { path: '^console/(page|shared)/' },
      to: {
        path: '^(operate|console/server)/|^node:',
        pathNot: '^operate/words/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'Benches of single parts give them the same ports in memory as tests do.',
      severity: 'error',
      from: { pathNot: '^(tests|bench/micro)/' },
      to: { path: '^tests/' },
    },
    {
      name: 'only-handlers-make-clients',
      comment: 'Clients are made in handler.ts; everything else receives them.',
      severity: 'error',
      from: { path: '^functions/', pathNot: 'handler\\.ts$' },
      to: { path: '^node:process$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.build|\\.aws-sam|\\.local|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.cjs', '.json'] },
  },
};
