using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Batching;

/// <summary>Embeddings of many callers in one call of a provider: each gets its own, whatever becomes of the others.</summary>
public sealed class EmbeddingBatchTests : IClassFixture<EmbeddingBatchFixture>
{
    private const string Lead = "the one before";

    private readonly EmbeddingBatchFixture _gateway;

    public EmbeddingBatchTests(EmbeddingBatchFixture gateway)
    {
        _gateway = gateway;
        gateway.First.Reset();
        gateway.Second.Reset();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private EmbeddingUpstream First => _gateway.First;

    [Fact]
    public async Task ManyCallers_ShareACall_AndEachGetsItsOwnVectorsAndBill()
    {
        string[][] asked = [["a"], ["bb", "ccc \"quoted\" é", "dddd"], ["eeeee"], ["ffffff", "g g g g g g g g g g g g"]];

        var answers = await JoinAsync([.. asked.Select(static inputs => inputs.Length == 1 ? JsonSerializer.Serialize(inputs[0]) : JsonSerializer.Serialize(inputs))]);

        Assert.Equal([1, 7], First.Inputs.Select(static inputs => inputs.Count));
        foreach (var (answer, inputs) in answers.Zip(asked))
        {
            await AssertOwnAsync(answer, inputs);
            Assert.Equal("4", Header(answer, "x-proxy-batch"));
            Assert.Equal("first", Header(answer, "x-proxy-provider"));
            Assert.Equal("1", Header(answer, "x-proxy-attempts"));
            Assert.Contains("batch;dur=", Header(answer, "server-timing"), StringComparison.Ordinal);
        }

        var tokens = new List<int>();
        foreach (var answer in answers)
        {
            tokens.Add((int)(await JsonAsync(answer))["usage"]!["prompt_tokens"]!);
        }

        Assert.Equal(7 * EmbeddingUpstream.TokensPerInput, tokens.Sum());
        Assert.True(tokens[3] > tokens[2] && tokens[2] > 0, $"Shares follow tokens: {string.Join(", ", tokens)}");
        Assert.Equal(tokens.Select(static count => count / 1000m), answers.Select(static answer => decimal.Parse(Header(answer, "x-proxy-cost-usd"), CultureInfo.InvariantCulture)));
        Assert.Equal(answers.Length, answers.Select(static answer => Header(answer, "x-request-id")).Distinct().Count());
    }

    [Fact]
    public async Task TokenLists_AndBase64_AreJoinedToo()
    {
        string[] inputs = ["[1,2]", "[3]", "[4,5,6]", "[7]"];

        var answers = await JoinAsync(["[1,2]", "[[3]]", "[4,5,6]", "[7]"], ",\"encoding_format\":\"base64\"", lead: "[9]");

        foreach (var (answer, input) in answers.Zip(inputs))
        {
            var vector = (string)(await JsonAsync(answer))["data"]![0]!["embedding"]!;
            Assert.Equal(EmbeddingUpstream.VectorOf(input), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(vector)).ToArray());
        }

        Assert.Equal(["[1,2]", "[3]", "[4,5,6]", "[7]"], First.Inputs[1].Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task CallersOfOtherTenants_AreNeverMixed()
    {
        var hold = First.Hold("0 lead");
        var others = First.Hold("1 lead");
        var leads = new[] { SendAsync("\"0 lead\""), SendAsync("\"1 lead\"", tenant: 1) };
        await First.NextCallAsync();
        await First.NextCallAsync();
        var waiting = Enumerable.Range(0, 2 * (EmbeddingBatchFixture.Full - 1)).Select(i => SendAsync($"\"{i % 2} of {i}\"", tenant: i % 2)).ToArray();
        await _gateway.QueuedAsync(waiting.Length, Cancel);
        hold.SetResult();
        others.SetResult();

        var answers = await Task.WhenAll(waiting);
        await Task.WhenAll(leads);

        Assert.All(answers, static answer => Assert.Equal("3", Header(answer, "x-proxy-batch")));
        Assert.Equal(4, First.Calls.Count);
        Assert.All(First.Inputs, static inputs => Assert.Single(inputs.Select(static input => input[0]).Distinct()));
    }

    [Fact]
    public async Task OneBadInput_FailsItsCallerAlone()
    {
        First.Script = static inputs => inputs.Contains("bad") ? new Behaviour { Status = 400 } : null;

        var answers = await JoinAsync(["\"a\"", "\"bad\"", "\"ccc\"", "[\"dddd\",\"eeeee\"]"]);

        await AssertOwnAsync(answers[0], "a");
        await AssertRefusedAsync(answers[1], HttpStatusCode.BadRequest, "scripted");
        await AssertOwnAsync(answers[2], "ccc");
        await AssertOwnAsync(answers[3], "dddd", "eeeee");
        Assert.Equal([1, 5, 1, 1, 1, 2], First.Inputs.Select(static inputs => inputs.Count).Take(2).Concat(First.Inputs.Skip(2).Select(static inputs => inputs.Count).Order()));
        Assert.All(answers, static answer => Assert.Equal("2", Header(answer, "x-proxy-attempts")));
        Assert.All(answers, static answer => Assert.False(answer.Headers.Contains("x-proxy-batch")));
    }

    [Fact]
    public async Task ShortAnswer_FailsOnlyThoseItLacks()
    {
        First.Script = static inputs => inputs.Count == 4 ? new Behaviour { Body = EmbeddingUpstream.Body(inputs, count: 3) } : null;

        var answers = await JoinAsync(["\"a\"", "\"bb\"", "\"ccc\"", "\"dddd\""]);

        var lacking = Assert.Single(answers, static answer => !answer.IsSuccessStatusCode);
        await AssertRefusedAsync(lacking, HttpStatusCode.BadGateway, "upstream_invalid_response");
        Assert.Equal(2, First.Calls.Count);
    }

    [Fact]
    public async Task AnswerThatDoesNotSayWhatBelongsToWhom_IsAskedForOneByOne()
    {
        First.Script = static inputs => inputs.Count == 4
            ? new Behaviour { Body = EmbeddingUpstream.Body(inputs).Replace("\"index\":1", "\"index\":0", StringComparison.Ordinal) }
            : null;

        var answers = await JoinAsync(["\"a\"", "\"bb\"", "\"ccc\"", "\"dddd\""]);

        foreach (var (answer, input) in answers.Zip(["a", "bb", "ccc", "dddd"]))
        {
            await AssertOwnAsync(answer, input);
        }

        Assert.Equal(6, First.Calls.Count);
    }

    [Fact]
    public async Task FailedCall_FallsBackAsAWhole()
    {
        First.Script = static inputs => inputs.Count == 4 ? new Behaviour { Status = 500 } : null;

        var answers = await JoinAsync(["\"a\"", "\"bb\"", "\"ccc\"", "\"dddd\""], model: EmbeddingBatchFixture.Alias);

        foreach (var (answer, input) in answers.Zip(["a", "bb", "ccc", "dddd"]))
        {
            await AssertOwnAsync(answer, input);
            Assert.Equal(("second", "2", "4"), (Header(answer, "x-proxy-provider"), Header(answer, "x-proxy-attempts"), Header(answer, "x-proxy-batch")));
        }

        Assert.Equal([4], _gateway.Second.Inputs.Select(static inputs => inputs.Count));
    }

    [Fact]
    public async Task FailedCall_WithoutFallback_FailsThoseInIt_AndNobodyElse()
    {
        First.Script = static inputs => inputs.Count == 4 ? new Behaviour { Status = 500 } : null;

        var answers = await JoinAsync(["\"a\"", "\"bb\"", "\"ccc\"", "\"dddd\""]);
        using var later = await SendAsync("\"later\"");

        foreach (var answer in answers)
        {
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }

        await AssertOwnAsync(later, "later");
    }

    [Fact]
    public async Task CallerThatLeavesWhileOthersWait_IsNotSent()
    {
        var hold = First.Hold(Lead);
        var lead = SendAsync($"\"{Lead}\"");
        await First.NextCallAsync();
        using var leaving = new CancellationTokenSource();
        var gone = SendAsync("\"gone\"", left: leaving.Token);
        var stays = new[] { SendAsync("\"a\""), SendAsync("\"bb\"") };
        await _gateway.QueuedAsync(3, Cancel);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await _gateway.QueuedAsync(2, Cancel);
        hold.SetResult();
        var answers = await Task.WhenAll(stays);
        await lead;

        await AssertOwnAsync(answers[0], "a");
        await AssertOwnAsync(answers[1], "bb");
        Assert.Equal(["a", "bb"], First.Inputs[1].Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task CallIsCancelled_OnlyWhenAllHaveLeft()
    {
        var hold = First.Hold(Lead);
        First.Hold("a");
        var lead = SendAsync($"\"{Lead}\"");
        await First.NextCallAsync();
        using var one = new CancellationTokenSource();
        using var rest = new CancellationTokenSource();
        var callers = new[] { "a", "bb", "ccc", "dddd" }.Select((input, i) => SendAsync($"\"{input}\"", left: i == 0 ? one.Token : rest.Token)).ToArray();
        var call = await First.NextCallAsync();
        hold.SetResult();
        await lead;

        await one.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => callers[0]);
        using var probe = await SendAsync("\"probe\"", more: ",\"dimensions\":3");
        Assert.False(call.Ended.IsCompleted);
        await rest.CancelAsync();

        Assert.True((await call.Ended.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel)).PeerLeft);
    }

    [Fact]
    public async Task CallersDeadline_HoldsForItAlone()
    {
        var hold = First.Hold(Lead);
        var lead = SendAsync($"\"{Lead}\"");
        await First.NextCallAsync();
        var hasty = SendAsync("\"hasty\"", header: ("x-proxy-timeout-ms", "200"));
        var patient = SendAsync("\"patient\"");

        await AssertRefusedAsync(await hasty, HttpStatusCode.RequestTimeout, "request_timeout");
        hold.SetResult();
        await lead;

        await AssertOwnAsync(await patient, "patient");
    }

    [Fact]
    public async Task CallerThatWantsToGoAlone_Does()
    {
        var hold = First.Hold(Lead);
        var lead = SendAsync($"\"{Lead}\"");
        await First.NextCallAsync();

        using var alone = await SendAsync("\"alone\"", header: ("x-proxy-batch", "off"));
        using var unfit = await SendAsync("\"unfit\"", header: ("x-proxy-batch", "maybe"));
        hold.SetResult();
        await lead;

        await AssertOwnAsync(alone, "alone");
        await AssertRefusedAsync(unfit, HttpStatusCode.BadRequest, "invalid_value");
        Assert.Equal([Lead, "alone"], First.Inputs.Select(static inputs => inputs[0]));
    }

    [Fact]
    public async Task Call_HasNoMoreInputsThanAllowed_AndALargeRequestDoesNotWait()
    {
        var hold = First.Hold(Lead);
        var lead = SendAsync($"\"{Lead}\"");
        await First.NextCallAsync();
        var three = JsonSerializer.Serialize(new[] { "a", "bb", "ccc" });

        using var large = await SendAsync(JsonSerializer.Serialize(Enumerable.Repeat("x", EmbeddingBatchFixture.MostInputs + 1)));
        var waiting = Enumerable.Range(0, 3).Select(_ => SendAsync(three)).ToArray();
        await _gateway.QueuedAsync(1, Cancel);
        hold.SetResult();
        foreach (var answer in await Task.WhenAll(waiting))
        {
            await AssertOwnAsync(answer, "a", "bb", "ccc");
        }

        await lead;
        Assert.Equal([1, EmbeddingBatchFixture.MostInputs + 1, 6, 3], First.Inputs.Select(static inputs => inputs.Count));
    }

    // Requests that find a call of their kind on the way, exactly as many as go in one call.
    private async Task<HttpResponseMessage[]> JoinAsync(string[] inputs, string more = "", string? lead = null, string? model = null)
    {
        Assert.Equal(EmbeddingBatchFixture.Full, inputs.Length);
        var hold = First.Hold(lead ?? Lead);
        var before = SendAsync(lead ?? $"\"{Lead}\"", more: more, model: model);
        await First.NextCallAsync();
        var waiting = inputs.Select(input => SendAsync(input, more: more, model: model)).ToArray();
        var answers = await Task.WhenAll(waiting);
        hold.SetResult();
        using var first = await before;
        Assert.True(first.IsSuccessStatusCode);
        Assert.False(first.Headers.Contains("x-proxy-batch"));
        return answers;
    }

    private Task<HttpResponseMessage> SendAsync(
        string input, int tenant = 0, string more = "", string? model = null, CancellationToken? left = null, (string Name, string Value)? header = null)
    {
        var request = EmbeddingBatchFixture.Post(_gateway.KeyOf(tenant), input, model ?? "first/" + EmbeddingBatchFixture.Model, more);
        if (header is { } set)
        {
            request.Headers.Add(set.Name, set.Value);
        }

        return _gateway.Client.SendAsync(request, left ?? Cancel);
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;

    private static async Task AssertOwnAsync(HttpResponseMessage answer, params string[] inputs)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {text}");
        var data = JsonNode.Parse(text)!["data"]!.AsArray();
        Assert.Equal(Enumerable.Range(0, inputs.Length), data.Select(static item => (int)item!["index"]!));
        Assert.Equal(inputs.Select(EmbeddingUpstream.VectorOf), data.Select(static item => item!["embedding"]!.AsArray().Select(static number => (float)number!).ToArray()));
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == status, $"Expected {(int)status}, got {(int)answer.StatusCode}: {text}");
        Assert.Equal(code, (string?)JsonNode.Parse(text)!["error"]!["code"]);
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : $"<no {name}>";
}
