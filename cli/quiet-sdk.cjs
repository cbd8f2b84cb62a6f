/** Silences the SDK's warning about the local Node.js version; template.yaml sets the runtime of the functions. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
