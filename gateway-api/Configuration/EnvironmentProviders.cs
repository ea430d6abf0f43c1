using System.Net;
using System.Net.Sockets;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>
/// Providers for a process that none are configured for: those whose keys are in the environment, an Ollama on this
/// machine, or else the simulator.
/// </summary>
internal sealed class EnvironmentProviders(Func<string, string?> variable, Func<bool> hasOllama)
{
    private static readonly (string Variable, string Type, string[] Models)[] Known =
    [
        ("OPENAI_API_KEY", "openai", ["gpt-*", "o1*", "o3*", "o4*", "chatgpt-*", "text-embedding-*"]),
        ("ANTHROPIC_API_KEY", "anthropic", ["claude-*"]),
        ("GEMINI_API_KEY", "gemini", ["gemini-*", "gemma-*"]),
        ("GROQ_API_KEY", "groq", ["*"]),
        ("MISTRAL_API_KEY", "mistral", ["mistral-*", "ministral-*", "codestral-*", "magistral-*", "devstral-*", "pixtral-*", "open-*"]),
        ("DEEPSEEK_API_KEY", "deepseek", ["deepseek-*"]),
        ("TOGETHER_API_KEY", "together", ["*"]),
        ("OPENROUTER_API_KEY", "openrouter", ["*"]),
        ("XAI_API_KEY", "xai", ["grok-*"]),
        ("PERPLEXITY_API_KEY", "perplexity", ["sonar*"]),
        ("DASHSCOPE_API_KEY", "alibaba", ["qwen*", "qwq*", "qvq*", "text-embedding-v*"]),
        ("CEREBRAS_API_KEY", "cerebras", ["*"]),
        ("MOONSHOT_API_KEY", "moonshot", ["kimi-*", "moonshot-*"]),
        ("COHERE_API_KEY", "cohere", ["command-*", "c4ai-*", "embed-*"]),
        ("CO_API_KEY", "cohere", ["command-*", "c4ai-*", "embed-*"]),
    ];

    // Before the patterns that would take them for chat models.
    private static readonly (string Type, string Id, string Capability)[] Declared =
    [
        ("openai", "gpt-image-*", "images"),
        ("openai", "dall-e-*", "images"),
        ("openai", "gpt-4o-mini-tts*", "audio"),
        ("openai", "gpt-4o-mini-transcribe*", "audio"),
        ("openai", "gpt-4o-transcribe*", "audio"),
        ("openai", "tts-*", "audio"),
        ("openai", "whisper-*", "audio"),
        ("openai", "omni-moderation-*", "moderations"),
        ("openai", "text-moderation-*", "moderations"),
        ("groq", "whisper-*", "audio"),
        ("mistral", "mistral-moderation-*", "moderations"),
        ("mistral", "voxtral-*", "audio"),
        ("cohere", "rerank-*", "rerank"),
    ];

    // The makers' and the regions' prefixes.
    private static readonly string[] BedrockModels =
    [
        "amazon.*", "anthropic.*", "cohere.*", "deepseek.*", "meta.*", "mistral.*", "openai.*", "qwen.*", "us.*", "eu.*", "apac.*", "global.*", "arn:aws:*",
    ];

    private bool? _ollama;

    /// <summary>Over this process's environment and machine.</summary>
    public static EnvironmentProviders OfThisMachine() => new(Environment.GetEnvironmentVariable, AnswersOllama);

    /// <summary>What is found; never empty.</summary>
    public IReadOnlyList<ProviderOptions> Find()
    {
        List<ProviderOptions> found = [];
        foreach (var (name, type, models) in Known)
        {
            if (IsSet(name) && !found.Exists(provider => provider.Type == type))
            {
                found.Add(Create(type, type, $"${{{name}}}", null, models));
            }
        }

        if (IsSet("AZURE_OPENAI_API_KEY") && variable("AZURE_OPENAI_ENDPOINT") is { Length: > 0 } endpoint)
        {
            found.Add(Create("azure", "azure-openai", "${AZURE_OPENAI_API_KEY}", endpoint, ["*"]));
        }

        // Amazon's keys for everything do not say that this is wanted; a key of Bedrock's own does.
        if (IsSet("AWS_BEARER_TOKEN_BEDROCK") && (variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION"))?.Trim() is { Length: > 0 } region)
        {
            found.Add(Create("bedrock", "bedrock", "${AWS_BEARER_TOKEN_BEDROCK}", $"https://bedrock-runtime.{region}.amazonaws.com", BedrockModels));
        }

        // Asked once: a reload must not change its mind with the weather.
        if (_ollama ??= hasOllama())
        {
            found.Add(Create("ollama", "ollama", null, null, ["*"]));
        }

        if (found.Count == 0)
        {
            found.Add(Create("simulator", "simulator", null, null, ["simulator"]));
        }

        return found;
    }

    private bool IsSet(string name) => !string.IsNullOrWhiteSpace(variable(name));

    private static ProviderOptions Create(string name, string type, string? key, string? url, string[] models)
    {
        var provider = new ProviderOptions { Name = name, Type = type, ApiKey = key, BaseUrl = url, Source = DefinitionSource.Environment };
        foreach (var (_, id, capability) in Declared.Where(entry => entry.Type == type))
        {
            provider.Models.Add(new() { Id = id, Capabilities = { capability } });
        }

        foreach (var model in models)
        {
            provider.Models.Add(new() { Id = model });
        }

        return provider;
    }

    private static bool AnswersOllama()
    {
        const int OllamaPort = 11434;
        const int PatienceMilliseconds = 200;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            return socket.ConnectAsync(IPAddress.Loopback, OllamaPort).Wait(PatienceMilliseconds);
        }
        catch (AggregateException)
        {
            return false;
        }
    }
}
