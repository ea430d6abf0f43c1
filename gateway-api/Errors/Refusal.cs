namespace ProxyCluster.GatewayApi.Errors;

/// <summary>Why a request is not served: a value that <see cref="ErrorWriter"/> turns into the error shape of API.md.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type">OpenAI's <c>type</c>.</param>
/// <param name="Code">OpenAI's <c>code</c>.</param>
/// <param name="Message">For the caller: names no host, key or other tenant.</param>
internal sealed record Refusal(int Status, string Type, string? Code, string Message)
{
    /// <summary>The field of the request that is wrong; <see langword="null"/>: none.</summary>
    public string? Param { get; init; }

    /// <summary>How long to stay away; <see langword="null"/>: no advice.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The client's own retry cannot help: answered as <c>x-should-retry: false</c>.</summary>
    public bool RetryIsPointless { get; init; }

    /// <summary>For 405: the methods there are.</summary>
    public string? Allow { get; init; }
}
