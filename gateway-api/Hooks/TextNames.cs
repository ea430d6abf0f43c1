using System.Collections.Frozen;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>
/// What members of requests and answers hold, by their names. What no list has is shown to hooks: a member that nobody
/// knows yet must not carry past them what they look for.
/// </summary>
internal static class TextNames
{
    // Words of the protocol: changing one would only break the request, and none is anybody's text.
    private static readonly FrozenSet<string> Words = Set(
        "role", "type", "id", "object", "status", "model", "signature", "thought_signature", "encrypted_content", "encrypted_index",
        "media_type", "mime_type", "format", "detail", "service_tier", "tool_choice", "reasoning_effort", "effort", "verbosity", "truncation",
        "modalities", "encoding_format", "voice", "size", "quality", "background", "style", "response_format", "output_format", "moderation",
        "include", "strategy", "display", "phase", "finish_reason", "native_finish_reason", "stop_reason", "system_fingerprint", "obfuscation",
        "provider", "b64_json", "partial_image_b64", "embedding", "syntax", "fingerprint", "ttl", "mode", "search_context_size", "prompt_cache_retention");

    private static readonly FrozenSet<string> OpaqueNames = Set("usage", "cache_control", "logprobs", "embedding", "logit_bias", "caller", "top_logprobs");

    private static readonly FrozenSet<string> SpokenNames = Set(
        "content", "text", "input_text", "output_text", "output", "prompt", "system", "instructions", "suffix", "query", "documents", "document", "input",
        "transcript", "data", "message", "messages", "prediction", "thinking", "reasoning", "reasoning_content", "reasoning_text", "reasoning_details",
        "summary", "refusal", "stdout", "stderr", "result", "results");

    private static readonly FrozenSet<string> ThoughtNames = Set("thinking", "reasoning", "reasoning_content", "reasoning_text", "reasoning_details");

    private static readonly FrozenSet<string> UrlNames = Set("url", "image_url", "file_url", "file_data", "uri", "video_url", "audio_url");

    /// <summary>The whole subtree says nothing.</summary>
    public static bool IsOpaque(string name) => OpaqueNames.Contains(name);

    /// <summary>A string there is a word of the protocol or an id.</summary>
    public static bool IsWord(string name) => Words.Contains(name) || name.EndsWith("_id", StringComparison.Ordinal);

    /// <summary>A string there is what somebody says, where somebody is saying something.</summary>
    public static bool IsSpoken(string name) => SpokenNames.Contains(name);

    /// <summary>What stands there is thought, not said.</summary>
    public static bool IsThought(string name) => ThoughtNames.Contains(name);

    /// <summary>A string there says where something is, or is the thing itself as a <c>data:</c> URL.</summary>
    public static bool IsUrl(string name) => UrlNames.Contains(name);

    /// <summary>The members of what stands there are schemas under names of the client's own (JSON Schema).</summary>
    public static bool HoldsSchemas(string name) => name is "properties" or "patternProperties" or "$defs" or "definitions";

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
