/** Jest runs the TypeScript sources as they are; swc only strips the types. */
// The SDK's warning about the Node.js version of this machine says nothing about the functions' runtime.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const { availableParallelism } = require('node:os');

const swc = ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }];
module.exports = {
  testEnvironment: 'node',
  // End-to-end tests wait more than they compute.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // aedes is published as ES modules only.
  transform: { '^.+\\.[cm]?ts$': swc, '/node_modules/aedes/.+\\.js$': swc },
  transformIgnorePatterns: ['/node_modules/(?!aedes/)'],
  testTimeout: 20_000,
};
