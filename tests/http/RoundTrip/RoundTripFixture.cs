using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.RoundTrip.Wires;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip;

[CollectionDefinition(Name)]
public sealed class RoundTripCollection : ICollectionFixture<RoundTripFixture>
{
    public const string Name = "round trip";
}

/// <summary>
/// The product as one process with a scripted provider of each wire format behind it. A provider reads what it is asked
/// by itself: what is not exactly what the client wanted it refuses, and says so in <see cref="Faults"/>.
/// </summary>
public sealed class RoundTripFixture : IAsyncLifetime
{
    /// <summary>The key that every provider wants.</summary>
    public const string Key = "upstream-key-of-the-matrix";

    // Of the older route, and of whoever only wants to know whether a provider is healthy.
    private const string TextCompletion = """{"id":"cmpl-1","object":"text_completion","created":1,"model":"m","choices":[{"index":0,"text":" a time","logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":2,"total_tokens":4}}""";

    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentQueue<string> _thoughts = new();
    private readonly List<ScriptedUpstream> _upstreams = [];
    private SiloProcess _gateway = null!;

    /// <summary>What providers found wrong in what they were asked.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>What assistants had thought, as providers were told with the results of their calls.</summary>
    public IReadOnlyCollection<string> Thoughts => _thoughts;

    public Uri Gateway => _gateway.Data;

    public async ValueTask InitializeAsync()
    {
        var providers = new JsonArray();
        foreach (var outbound in Outbound.All)
        {
            var upstream = await ScriptedUpstream.StartAsync();
            _upstreams.Add(upstream);
            if (outbound.Wire is { } wire)
            {
                upstream.Answering = request => Answer(wire, request);
            }

            foreach (var provider in outbound.Providers(upstream.Url))
            {
                providers.Add(provider);
            }
        }

        _gateway = await SiloProcess.StartAsync(new ProgramOptions { Config = new JsonObject { ["Providers"] = providers } });
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(_gateway.Process.Output);
            await _gateway.DisposeAsync();
        }

        foreach (var upstream in _upstreams)
        {
            await upstream.DisposeAsync();
        }
    }

    private Behaviour Answer(Wire wire, RecordedRequest request)
    {
        try
        {
            var feature = Script.FeatureIn(request.Text);
            return feature is { } asked && request.Target != "/v1/completions" ? Answer(wire, asked, request) : new Behaviour { Body = TextCompletion };
        }
        catch (Exception fault) when (fault is InvalidOperationException or JsonException or NullReferenceException or FormatException)
        {
            return Fault(wire, $"{fault.Message} in {request.Target} {request.Text}");
        }
    }

    private Behaviour Answer(Wire wire, Feature feature, RecordedRequest request)
    {
        var asked = wire.Read(request, JsonNode.Parse(request.Body)!.AsObject());
        var expected = Script.LinesOf(feature, asked.ResultIds.Count > 0 ? wire.CallIds : []);
        if (!expected.SequenceEqual(asked.Lines))
        {
            return Fault(wire, $"asked for\n{string.Join('\n', asked.Lines)}\ninstead of\n{string.Join('\n', expected)}");
        }

        asked.Thoughts.ForEach(_thoughts.Enqueue);
        var whole = feature is Feature.Limited or Feature.Rejected ? null : wire.Write(Script.ReplyTo(feature, asked.ResultIds.Count > 0));
        return feature switch
        {
            Feature.Limited => Error(wire, 429, Script.RetryAfterSeconds, "Slow down."),
            Feature.Rejected => Error(wire, 400, null, Script.Complaint),
            _ => Good(wire, whole!, asked.IsStreamed, feature == Feature.Cut),
        };
    }

    private Behaviour Fault(Wire wire, string fault)
    {
        _faults.Enqueue($"{wire.GetType().Name}: {fault}");
        return Error(wire, 400, null, "Not what was expected.");
    }

    private static Behaviour Error(Wire wire, int status, int? retryAfter, string message) => new()
    {
        Status = status,
        Body = wire.Error(status, message).ToJsonString(),
        RetryAfter = retryAfter?.ToString(CultureInfo.InvariantCulture),
    };

    private static Behaviour Good(Wire wire, JsonObject whole, bool isStreamed, bool isCut)
    {
        var body = isStreamed ? wire.Stream(whole) : Encoding.UTF8.GetBytes(whole.ToJsonString());
        return new Behaviour
        {
            BodyBytes = body,
            ContentType = isStreamed ? wire.StreamType : "application/json",
            SplitBytes = 331,
            CutAfterBytes = isCut ? body.Length / 2 : 0,
        };
    }
}
