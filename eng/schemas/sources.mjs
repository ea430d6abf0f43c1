// Where each provider publishes its requests: the package, the file of types within it, and, for each path that requests
// go to, the type of its body.

export const typed = {
  openai: {
    package: "openai",
    requests: {
      "/chat/completions": ["resources/chat/completions/completions.d.ts", "ChatCompletionCreateParamsBase"],
      "/completions": ["resources/completions.d.ts", "CompletionCreateParamsBase"],
      "/embeddings": ["resources/embeddings.d.ts", "EmbeddingCreateParams"],
      "/responses": ["resources/responses/responses.d.ts", "ResponseCreateParamsBase"],
    },
  },
  anthropic: {
    package: "@anthropic-ai/sdk",
    requests: {
      "/messages": ["resources/messages/messages.d.ts", "MessageCreateParamsBase"],
      "/messages/count_tokens": ["resources/messages/messages.d.ts", "MessageCountTokensParams"],
    },
    words: { betas: ["resources/beta/beta.d.ts", "AnthropicBeta"] },
    // Left out of the package since its version 1.0, for the models of today refuse them; those before Claude 4.7 take them.
    notes: { besides: "@anthropic-ai/sdk 0.125.0: temperature, top_k, top_p" },
    added: { "/messages": { temperature: { type: "number" }, top_k: { type: "number" }, top_p: { type: "number" } } },
  },
  bedrock: {
    package: "@aws-sdk/client-bedrock-runtime",
    requests: {
      "/converse": ["dist-types/models/models_0.d.ts", "ConverseRequest"],
      "/converse-stream": ["dist-types/models/models_0.d.ts", "ConverseStreamRequest"],
    },
    inPath: ["modelId"],
    smithy: "dist-cjs/index.js",
  },
  cohere: {
    package: "cohere-ai",
    requests: {
      "/chat": ["dist/serialization/resources/v2/client/requests/V2ChatRequest.d.ts", "V2ChatRequest.Raw"],
      "/embed": ["dist/serialization/resources/v2/client/requests/V2EmbedRequest.d.ts", "V2EmbedRequest.Raw"],
      "/rerank": ["dist/serialization/resources/v2/client/requests/V2RerankRequest.d.ts", "V2RerankRequest.Raw"],
    },
    // The package sets it by the method that is called.
    added: { "/chat": { stream: { type: "boolean" } } },
  },
  "ollama-native": {
    package: "ollama",
    requests: {
      "/api/chat": ["dist/browser.d.ts", "ChatRequest"],
      "/api/embed": ["dist/browser.d.ts", "EmbedRequest"],
    },
    // The client's types leave out what the server's api/types.go has: ids of calls, and whose result a message is.
    notes: { besides: "api/types.go of ollama/ollama: ToolCall.id, Message.tool_call_id; parameters of a tool are any JSON Schema; think may be any word" },
    added: { "/api/chat": { think: { type: ["boolean", "string"] } } },
    addedTo: {
      Message: { tool_call_id: { type: "string" } },
      ToolCall: { id: { type: "string" } },
      Tool: { function: { type: "object", properties: { name: { type: "string" }, description: { type: "string" }, parameters: { type: "object" } }, required: ["name"], additionalProperties: false } },
    },
  },
  groq: {
    package: "groq-sdk",
    requests: { "/chat/completions": ["resources/chat/completions.d.ts", "ChatCompletionCreateParamsBase"] },
  },
  mistral: {
    package: "@mistralai/mistralai",
    requests: {
      "/chat/completions": ["esm/models/components/chatcompletionrequest.d.ts", "ChatCompletionRequest$Outbound"],
      "/embeddings": ["esm/models/components/embeddingrequest.d.ts", "EmbeddingRequest$Outbound"],
    },
  },
  together: {
    package: "together-ai",
    requests: {
      "/chat/completions": ["resources/chat/completions.d.ts", "CompletionCreateParamsBase"],
      "/completions": ["resources/completions.d.ts", "CompletionCreateParamsBase"],
      "/embeddings": ["resources/embeddings.d.ts", "EmbeddingCreateParams"],
    },
    // The type of a call is the one of answers, where a call has its place in the list.
    notes: { besides: "docs.together.ai/docs/function-calling: calls are sent back without an index" },
    optional: { ToolChoice: ["index"] },
  },
  openrouter: {
    package: "@openrouter/sdk",
    requests: { "/chat/completions": ["esm/models/chatrequest.d.ts", "ChatRequest$Outbound"] },
    notes: { besides: "openrouter.ai/docs/api/reference/parameters: verbosity" },
    added: { "/chat/completions": { verbosity: { enum: ["low", "medium", "high", "xhigh", "max"] } } },
  },
  cerebras: {
    package: "@cerebras/cerebras_cloud_sdk",
    requests: {
      "/chat/completions": ["resources/chat/completions.d.ts", "ChatCompletionCreateParamsBase"],
      "/completions": ["resources/completions.d.ts", "CompletionCreateParamsBase"],
    },
    inPath: ["CF-RAY", "X-Amz-Cf-Id", "X-delay-time"],
  },
  perplexity: {
    package: "@perplexity-ai/perplexity_ai",
    requests: { "/chat/completions": ["dist/generated/api.d.ts", "ApiChatCompletionsRequestInput"] },
  },
};

export const proto = {
  gemini: {
    package: "@google-ai/generativelanguage",
    namespace: "google.ai.generativelanguage.v1beta",
    requests: {
      ":generateContent": "GenerateContentRequest",
      ":streamGenerateContent": "GenerateContentRequest",
      ":countTokens": "CountTokensRequest",
      ":batchEmbedContents": "BatchEmbedContentsRequest",
    },
    inPath: ["model"],
    notes: { besides: "ai.google.dev/api/generate-content#ThinkingConfig: thinkingLevel" },
    addedTo: { ThinkingConfig: { thinkingLevel: { enum: ["THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH"] } } },
  },
  vertex: {
    package: "@google-cloud/aiplatform",
    namespace: "google.cloud.aiplatform.v1",
    requests: {
      ":generateContent": "GenerateContentRequest",
      ":streamGenerateContent": "GenerateContentRequest",
      ":countTokens": "CountTokensRequest",
      ":predict": "PredictRequest",
    },
    inPath: ["model", "endpoint"],
  },
};
