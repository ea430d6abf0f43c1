using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Every kind of request there is, but forms.</summary>
internal static class RequestTargets
{
    public static IEnumerable<FuzzTarget> Create() =>
    [
        new RequestTarget(
            "request",
            InferenceOperation.ChatCompletions,
            new PlantedBug("Pipeline/RequestScanner.cs", "if (!Utf8.IsValid(bytes))"),
            [
                "\"model\":", "\"messages\":", "\"role\":", "\"content\":", "\"system\"", "\"developer\"", "\"user\"", "\"assistant\"", "\"tool\"", "\"tool_calls\":", "\"tool_call_id\":", "\"id\":", "\"name\":",
                "\"stream\":true", "\"stream_options\":", "{\"include_usage\":true}", "\"max_tokens\":", "\"max_completion_tokens\":", "\"n\":", "\"tools\":", "\"tool_choice\":", "\"response_format\":",
                "\"json_schema\":", "\"schema\":", "\"function\":", "\"parameters\":", "\"arguments\":", "\"type\":\"function\"", "\"type\":\"image_url\"", "\"image_url\":", "\"url\":", "\"detail\":", "\"input_audio\":", "\"file\":",
                "\"file_data\":", "\"refusal\":", "\"reasoning_content\":", "\"reasoning_effort\":", "\"stop\":", "\"temperature\":", "\"top_p\":", "\"top_k\":", "\"seed\":", "\"user\":", "\"parallel_tool_calls\":",
                "data:image/png;base64,AAAA", "\"mod\\u0065l\":", "\"function_call\":", "\"properties\":", "\"anyOf\":", "\"$ref\":", "\"enum\":", "\"items\":", "\"additionalProperties\":", "\"cache_control\":",
            ],
            "ChatCompletions/ChatReader.cs",
            "ChatCompletions/ChatMessageReader.cs",
            "ChatCompletions/ChatPartReader.cs",
            "ChatCompletions/ChatToolReader.cs",
            "Dialects/ToolReader.cs",
            "Dialects/FieldReader.cs",
            "Dialects/DataUrl.cs"),
        new RequestTarget(
            "messages-request",
            InferenceOperation.Messages,
            new PlantedBug("Dialects/ToolReader.cs", "if (schema.ValueKind is not"),
            [
                "\"model\":", "\"messages\":", "\"role\":", "\"user\"", "\"assistant\"", "\"content\":", "\"system\":", "\"type\":", "\"text\"", "\"text\":", "\"image\"", "\"document\"", "\"source\":", "\"media_type\":", "\"data\":",
                "\"base64\"", "\"url\"", "\"https://h/i\"", "\"tool_use\"", "\"tool_result\"", "\"tool_use_id\":", "\"id\":", "\"name\":", "\"input\":{}", "\"input\":", "\"is_error\":true", "\"thinking\"", "\"thinking\":", "\"signature\":",
                "\"redacted_thinking\"", "\"tools\":", "\"input_schema\":{}", "\"tool_choice\":", "\"any\"", "\"output_config\":", "\"format\":", "\"json_schema\"", "\"schema\":{}", "\"metadata\":", "\"user_id\":", "\"budget_tokens\":",
                "\"stop_sequences\":", "\"cache_control\":", "\"\\ud800\"", "\"max_tokens\":", "\"stream\":true", "\"disable_parallel_tool_use\":", "\"file_id\":", "\"title\":",
            ],
            "Messages/MessagesReader.cs",
            "Messages/MessagesTurnReader.cs",
            "Messages/MessagesBlockReader.cs",
            "Messages/MessagesToolReader.cs",
            "Dialects/ToolReader.cs",
            "Messages/MessagesFields.cs"),
        new RequestTarget(
            "responses-request",
            InferenceOperation.Responses,
            new PlantedBug("Responses/ResponsesReader.cs", "if (schema.ValueKind != JsonValueKind.Object)"),
            [
                "\"model\":\"m\"", "\"input\":", "\"instructions\":", "\"role\":\"user\"", "\"role\":", "\"assistant\"", "\"system\"", "\"type\":\"function_call\"", "\"type\":\"message\"", "\"call_id\":", "\"name\":", "\"arguments\":\"{}\"",
                "\"type\":\"function_call_output\"", "\"output\":", "\"type\":\"reasoning\"", "\"summary\":", "\"encrypted_content\":", "\"content\":", "\"type\":\"input_text\"", "\"type\":\"output_text\"", "\"text\":", "\"type\":\"refusal\"", "\"refusal\":",
                "\"type\":\"input_image\"", "\"image_url\":", "\"type\":\"input_file\"", "\"file_data\":", "\"file_url\":", "\"file_id\":", "\"filename\":", "\"tools\":", "\"type\":\"function\"", "\"parameters\":", "\"tool_choice\":", "\"allowed_tools\"",
                "\"text\":{\"format\":", "\"json_schema\"", "\"schema\":", "\"store\":", "\"previous_response_id\":", "\"reasoning\":{\"effort\":", "\"max_output_tokens\":", "\"stream\":true", "\"temperature\":", "data:image/png;base64,AAAA",
            ],
            "Responses/ResponsesReader.cs",
            "Responses/ResponsesItemReader.cs",
            "Responses/ResponsesPartReader.cs",
            "Responses/ResponsesToolReader.cs",
            "Dialects/ToolReader.cs",
            "Responses/ResponsesFields.cs"),
        new RequestTarget(
            "embeddings-request",
            InferenceOperation.Embeddings,
            new PlantedBug("Pipeline/RequestScanner.Members.cs", "if (name.IsEmpty || name.ContainsAnyInRange"),
            ["\"model\":", "\"input\":", "[\"a\",\"b\"]", "[1,2]", "\"dimensions\":", "\"encoding_format\":", "\"float\"", "\"base64\"", "\"user\":", "\"input_type\":", "\"truncate\":", "\"task_type\":", "\"title\":"],
            "Embeddings/EmbeddingsRequest.cs:Read",
            "Embeddings/EmbeddingsRequest.cs:ReadTexts",
            "Embeddings/EmbeddingsRequest.cs:ReadFormat",
            "Providers/Gemini/EmbeddingWish.cs:Read",
            "Providers/Gemini/EmbeddingWish.cs:ReadInputs",
            "Providers/Bedrock/BedrockEmbeddings.cs:Write",
            "Providers/Bedrock/BedrockEmbeddings.cs:ReadTexts",
            "Providers/Bedrock/BedrockEmbeddings.cs:ReadFormat"),
        new ScannerTarget(),
        new ExplainedRequestTarget(),
        new CondensedRequestTarget(),
    ];
}
