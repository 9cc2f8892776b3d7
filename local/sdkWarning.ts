// Import it before any client of the AWS SDK is made, which warns of Node.js 20. The SDK's versions are pinned.
// docs/decisions/0108-support-node-js-20-19-and-newer.md says which Node.js newer ones need.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
