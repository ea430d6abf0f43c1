using System.Collections.Concurrent;

namespace ProxyCluster.Extensions.Hooks;

/// <summary>What is known of a request, the same for all that belongs to it.</summary>
public sealed class HookContext
{
    internal HookContext(string requestId, string model, string path, string? caller, bool isStream)
    {
        RequestId = requestId;
        Model = model;
        Path = path;
        Caller = caller;
        IsStream = isStream;
    }

    /// <summary>As in <c>x-request-id</c>.</summary>
    public string RequestId { get; }

    /// <summary>The model's name as the client wrote it.</summary>
    public string Model { get; }

    /// <summary>The route, for example <c>/v1/chat/completions</c>.</summary>
    public string Path { get; }

    /// <summary>The name of the caller's key; <see langword="null"/>: the gateway is open.</summary>
    public string? Caller { get; }

    /// <summary>Whether the answer is streamed.</summary>
    public bool IsStream { get; }

    /// <summary>What hooks remember from a request for its answer. A hook that was given up may still run beside the next: thread-safe.</summary>
    public IDictionary<string, object?> Items { get; } = new ConcurrentDictionary<string, object?>(StringComparer.Ordinal);
}
