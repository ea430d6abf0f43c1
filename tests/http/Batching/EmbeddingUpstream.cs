using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Batching;

/// <summary>A provider whose vectors tell which input they are of, and that holds back answers until a test lets them go.</summary>
public sealed class EmbeddingUpstream : IAsyncDisposable
{
    /// <summary>What it bills for an input.</summary>
    public const int TokensPerInput = 10;

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = new(StringComparer.Ordinal);
    private readonly ScriptedUpstream _upstream;

    private EmbeddingUpstream(ScriptedUpstream upstream) => _upstream = upstream;

    public Uri Url => new(_upstream.Url, "/v1");

    /// <summary>Says what is done with inputs; <see langword="null"/>: they are embedded.</summary>
    public Func<IReadOnlyList<string>, Behaviour?>? Script { get; set; }

    public IReadOnlyList<RecordedRequest> Calls => _upstream.Requests;

    /// <summary>The inputs of each call, in the order in which calls came.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Inputs => [.. Calls.Select(static call => InputsOf(call.Json()))];

    public static async Task<EmbeddingUpstream> StartAsync()
    {
        var started = new EmbeddingUpstream(await ScriptedUpstream.StartAsync());
        started._upstream.Answering = started.Answer;
        return started;
    }

    /// <summary>The vector of an input.</summary>
    public static float[] VectorOf(string input) => [input.Length, input.Sum(static character => character), 0.5f];

    public void Reset()
    {
        _upstream.Reset();
        Script = null;
        _held.Clear();
    }

    /// <summary>Holds back the answer to the call with this input.</summary>
    public TaskCompletionSource Hold(string input) =>
        _held[input] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<RecordedRequest> NextCallAsync() => _upstream.NextRequestAsync();

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    public static string Body(IReadOnlyList<string> inputs, int? count = null, bool isBase64 = false)
    {
        var tokens = inputs.Count * TokensPerInput;
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. inputs.Take(count ?? inputs.Count).Select((input, i) => new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = i,
                ["embedding"] = isBase64
                    ? JsonValue.Create(Convert.ToBase64String(MemoryMarshal.AsBytes<float>(VectorOf(input))))
                    : new JsonArray([.. VectorOf(input).Select(static number => JsonValue.Create(number))]),
            })]),
            ["model"] = EmbeddingBatchFixture.Model,
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
        }.ToJsonString();
    }

    private static IReadOnlyList<string> InputsOf(JsonElement request)
    {
        var input = request.GetProperty("input");
        return input.ValueKind == JsonValueKind.String ? [input.GetString()!]
            : input[0].ValueKind == JsonValueKind.Number ? [input.GetRawText()]
            : [.. input.EnumerateArray().Select(static item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())];
    }

    private Behaviour Answer(RecordedRequest request)
    {
        var json = request.Json();
        var inputs = InputsOf(json);
        var isBase64 = json.TryGetProperty("encoding_format", out var format) && format.ValueEquals("base64");
        var behaviour = Script?.Invoke(inputs) ?? new Behaviour { Body = Body(inputs, isBase64: isBase64) };
        var held = inputs.Select(input => _held.TryGetValue(input, out var hold) ? hold : null).FirstOrDefault(static hold => hold is not null);
        return held is null ? behaviour : behaviour with { BeforeHeaders = _ => held.Task };
    }
}
