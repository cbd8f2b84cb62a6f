/** The AWS SDK warns about the Node.js version of the laptop; the functions' runtime is chosen in template.yaml. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
