using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>A provider that speaks HTTP/2 breaks: before the first content the next one takes over, from then on the client is told.</summary>
public sealed class Http2UpstreamTests : IAsyncLifetime
{
    // What the standard library sends again by itself, where the provider has said that it did not look at the request.
    private const int MostCallsOfAnAttempt = 4;

    private static readonly (Http2Trouble Trouble, Http2Moment Moment)[] Faults =
        [.. Enum.GetValues<Http2Trouble>().SelectMany(trouble => Enum.GetValues<Http2Moment>().Select(moment => (trouble, moment)))];

    private readonly Certificates _certificates = new();
    private X509Certificate2 _certificate = null!;
    private Http2Upstream _sick = null!;
    private ScriptedUpstream _well = null!;
    private SiloProcess _silo = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _certificate = _certificates.Sign("localhost");
        _sick = await Http2Upstream.StartAsync(_certificate);
        _well = await ScriptedUpstream.StartAsync();
        _well.Behaviour = new() { Text = "well" };
        _silo = await SiloProcess.StartAsync(new ProgramOptions { Config = Config() });
        _client = TestHttp.Client(_silo.Data);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _silo.DisposeAsync();
        await _well.DisposeAsync();
        await _sick.DisposeAsync();
        _certificate.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Trouble_BeforeTheFirstContent_IsAnsweredByTheNextProvider()
    {
        var cases = Faults.Where(fault => fault is { Moment: not Http2Moment.Midway, Trouble: not Http2Trouble.Farewell })
            .SelectMany(fault => new[] { (fault.Trouble, fault.Moment, IsStream: false), (fault.Trouble, fault.Moment, IsStream: true) });
        foreach (var (trouble, moment, isStream) in cases)
        {
            var name = Name(trouble, moment, isStream);
            _sick.ForModel(name, new Http2Fault(trouble, moment));

            var answer = await ChatAsync(name, isStream);

            Assert.True(answer is { Status: HttpStatusCode.OK, Text: "well", Error: null }, $"{name}: {answer}");
            Assert.Equal("well-" + name, answer.Provider);
            Assert.Equal("2", answer.Attempts);
            Assert.InRange(_sick.CallsOf(name).Count, 1, trouble == Http2Trouble.Refusal ? MostCallsOfAnAttempt : 1);
            Assert.All(_sick.CallsOf(name), call => Assert.Equal("HTTP/2", call.Protocol));
        }
    }

    [Fact]
    public async Task Trouble_InTheMiddleOfAStream_IsToldAndNeverLooksLikeAnEnd()
    {
        foreach (var (trouble, moment) in Faults.Where(fault => fault is { Moment: Http2Moment.Midway, Trouble: not Http2Trouble.Farewell }))
        {
            var name = Name(trouble, moment, isStream: true);
            _sick.ForModel(name, new Http2Fault(trouble, moment));

            var answer = await ChatAsync(name, isStream: true);

            Assert.True(answer is { Status: HttpStatusCode.OK, Text: "one", IsDone: false }, $"{name}: {answer}");
            Assert.Equal(trouble == Http2Trouble.Stall ? "upstream_timeout" : "upstream_stream_interrupted", answer.Error);
            Assert.Equal(("sick-" + name, 1), (answer.Provider, _sick.CallsOf(name).Count));
        }
    }

    [Fact]
    public async Task Farewell_CutsNothing_AndTheNextRequestGoesOverAnotherConnection()
    {
        foreach (var moment in Enum.GetValues<Http2Moment>())
        {
            var name = Name(Http2Trouble.Farewell, moment, isStream: true);
            _sick.ForModel(name, new Http2Fault(Http2Trouble.Farewell, moment));

            var first = await ChatAsync(name, isStream: true);
            var second = await ChatAsync(name, isStream: true);

            Assert.All([first, second], answer => Assert.True(
                answer is { Status: HttpStatusCode.OK, Text: Http2Upstream.Text, IsDone: true, Attempts: "1" }, $"{name}: {answer}"));
            Assert.Equal(2, _sick.CallsOf(name).Select(call => call.Connection).Distinct().Count());
        }
    }

    [Fact]
    public async Task Reset_OfOneStream_LeavesTheOthersOfItsConnection()
    {
        var (broken, whole) = (Name(Http2Trouble.Reset, Http2Moment.Midway, isStream: true), Name(Http2Trouble.Reset, Http2Moment.Midway, isStream: false));
        _sick.ForModel(broken, new Http2Fault(Http2Trouble.Reset, Http2Moment.Midway));
        _sick.Held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var others = Enumerable.Range(0, 10).Select(_ => ChatAsync(whole, isStream: true)).ToArray();
        await Wait.UntilAsync(() => Task.FromResult(_sick.CallsOf(whole).Count == others.Length), "all have begun", TimeSpan.FromSeconds(20));

        var reset = await ChatAsync(broken, isStream: true);
        _sick.Held.SetResult();

        Assert.Equal("upstream_stream_interrupted", reset.Error);
        Assert.All(await Task.WhenAll(others), answer => Assert.True(answer is { Text: Http2Upstream.Text, IsDone: true, Attempts: "1" }, $"{answer}"));
        Assert.Single(_sick.CallsOf(whole).Concat(_sick.CallsOf(broken)).Select(call => call.Connection).Distinct());
    }

    private static string Name(Http2Trouble trouble, Http2Moment moment, bool isStream) => $"{trouble}-{moment}-{(isStream ? "stream" : "whole")}".ToLowerInvariant();

    private JsonObject Config()
    {
        var providers = new JsonArray();
        var aliases = new JsonObject();
        foreach (var (trouble, name) in Faults.SelectMany(fault => new[] { true, false }.Select(isStream => (fault.Trouble, Name(fault.Trouble, fault.Moment, isStream)))))
        {
            var sick = ProgramOptions.Provider("sick-" + name, "openai", new Uri(_sick.Url, "/v1"), name);
            sick["CertificateAuthorities"] = _certificates.AuthorityFile;

            // Only who falls silent is to be given up for being slow: the machine may be busy.
            var patience = trouble == Http2Trouble.Stall ? 4 : 20;
            sick["TimeoutSeconds"] = patience;
            sick["AnswerTimeoutSeconds"] = patience;
            providers.Add(sick);
            providers.Add(ProgramOptions.Provider("well-" + name, "openai", new Uri(_well.Url, "/v1"), name));
            aliases["either-" + name] = new JsonObject
            {
                ["Strategy"] = "priority",
                ["Models"] = new JsonArray($"sick-{name}/{name}", $"well-{name}/{name}"),
            };
        }

        return new JsonObject
        {
            ["Providers"] = providers,
            ["Aliases"] = aliases,
            ["Routing"] = new JsonObject { ["Health"] = new JsonObject { ["ActiveChecks"] = false } },
        };
    }

    private async Task<Answer> ChatAsync(string name, bool isStream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "either-" + name, stream = isStream, messages = new[] { new { role = "user", content = "Hello" } } }),
        };
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var answer = new Answer(response.StatusCode, Header(response, "x-proxy-provider"), Header(response, "x-proxy-attempts"));
        if (!isStream || response.StatusCode != HttpStatusCode.OK)
        {
            var body = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
            return answer with { Text = (string?)body["choices"]?[0]!["message"]!["content"], Error = (string?)body["error"]?["code"] };
        }

        using var reader = new SseReader(await response.Content.ReadAsStreamAsync());
        while (await reader.NextAsync() is { } data)
        {
            _sick.Seen(name).TrySetResult();
            answer = data == "[DONE]" ? answer with { IsDone = true } : With(answer, JsonNode.Parse(data)!);
        }

        return answer;
    }

    private static Answer With(Answer answer, JsonNode data) => answer with
    {
        Text = answer.Text + (data["choices"] is JsonArray { Count: > 0 } choices ? (string?)choices[0]!["delta"]?["content"] : null),
        Error = (string?)data["error"]?["code"] ?? answer.Error,
    };

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private sealed record Answer(HttpStatusCode Status, string? Provider, string? Attempts)
    {
        public string? Text { get; init; }

        public string? Error { get; init; }

        public bool IsDone { get; init; }
    }
}
