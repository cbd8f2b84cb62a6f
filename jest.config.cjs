/** Jest runs the TypeScript sources as they are; swc only strips the types. */
const swc = ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }];
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // aedes is published as ES modules only.
  transform: { '^.+\\.[cm]?ts$': swc, '/node_modules/aedes/.+\\.js$': swc },
  transformIgnorePatterns: ['/node_modules/(?!aedes/)'],
  testTimeout: 20_000,
};
