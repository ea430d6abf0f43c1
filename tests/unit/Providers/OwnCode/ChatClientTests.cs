using System.Globalization;
using Microsoft.Extensions.AI;
using ProxyCluster.Extensions;

namespace ProxyCluster.Tests.Unit.Providers.OwnCode;

/// <summary>A client of Microsoft.Extensions.AI as an adapter: what its answers are in pieces.</summary>
public sealed class ChatClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_WithEverything_IsPiecesInTheirOrder()
    {
        var pieces = await StreamAsync(
            new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("Hm") { ProtectedData = "s1" }]) { ResponseId = "r1", ModelId = "m1" },
            new ChatResponseUpdate(ChatRole.Assistant, "Hello"),
            new ChatResponseUpdate { Contents = [new FunctionCallContent("c1", "f", new Dictionary<string, object?> { ["a"] = 1 }), new FunctionCallContent("c2", "g")] },
            new ChatResponseUpdate { FinishReason = ChatFinishReason.ToolCalls },
            new ChatResponseUpdate { Contents = [new UsageContent(new UsageDetails { InputTokenCount = 10, CachedInputTokenCount = 4, OutputTokenCount = 7, ReasoningTokenCount = 2 })] });

        Assert.Equal(
            [
                AnswerPiece.Head("r1", "m1"),
                AnswerPiece.Reasoning("Hm"),
                AnswerPiece.ReasoningSignature("s1"),
                AnswerPiece.Text("Hello"),
                AnswerPiece.Call("c1", "f", """{"a":1}"""),
                AnswerPiece.Call("c2", "g", "{}"),
                AnswerPiece.Usage(new AnswerUsage(UncachedInput: 6, Output: 5, CacheRead: 4, Reasoning: 2)),
                AnswerPiece.Finish(ChatFinishReason.ToolCalls),
            ],
            pieces);
    }

    [Fact]
    public async Task Whole_Answer_IsTheSamePiecesAsItsStream()
    {
        var message = new ChatMessage(ChatRole.Assistant, [new TextContent("Hello"), new FunctionCallContent("c1", "f")]);
        var whole = new ChatResponse(message) { ResponseId = "r1", ModelId = "m1", FinishReason = ChatFinishReason.ToolCalls, Usage = new UsageDetails { InputTokenCount = 3, OutputTokenCount = 2 } };

        var pieces = await PiecesAsync(new ScriptedClient { Whole = whole }, stream: false);

        Assert.Equal(await StreamAsync(whole.ToChatResponseUpdates()), pieces);
        Assert.Equal(AnswerPiece.Finish(ChatFinishReason.ToolCalls), pieces[^1]);
    }

    [Theory]
    [InlineData(null, "stop")]
    [InlineData("length", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("something_new", "something_new")]
    public async Task Finish_AsTheClientHasIt_EndsTheAnswer(string? told, string finish)
    {
        var pieces = await StreamAsync(new ChatResponseUpdate(ChatRole.Assistant, "Hi") { FinishReason = told is null ? null : new ChatFinishReason(told) });

        Assert.Equal(AnswerPiece.Finish(new ChatFinishReason(finish)), pieces[^1]);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData(null)]
    public async Task Finish_AfterCalls_IsThatOfCalls(string? told)
    {
        var pieces = await StreamAsync(new ChatResponseUpdate { Contents = [new FunctionCallContent("c1", "f")], FinishReason = told is null ? null : new ChatFinishReason(told) });

        Assert.Equal(AnswerPiece.Finish(ChatFinishReason.ToolCalls), pieces[^1]);
    }

    // Middleware of Microsoft.Extensions.AI calls functions of its own, and tells of it.
    [Fact]
    public async Task Calls_ThatWereAnsweredAlready_AreNotTheClients()
    {
        var pieces = await StreamAsync(
            new ChatResponseUpdate { Contents = [new FunctionCallContent("c1", "own") { InformationalOnly = true }] },
            new ChatResponseUpdate { Contents = [new FunctionResultContent("c1", "42")] },
            new ChatResponseUpdate(ChatRole.Assistant, "It is 42."));

        Assert.Equal([AnswerPiece.Head(null), AnswerPiece.Text("It is 42."), AnswerPiece.Finish(ChatFinishReason.Stop)], pieces);
    }

    [Theory]
    [InlineData(10L, 4L, 3L, 5L, 2L, "3 4 3 3 2")]
    [InlineData(10L, 40L, 3L, 5L, 9L, "0 10 0 0 5")]
    [InlineData(-1L, 0L, 0L, -5L, 0L, "0 0 0 0 0")]
    public async Task Usage_ThatOverlaps_IsTakenApart(long input, long read, long written, long output, long reasoning, string expected)
    {
        var details = new UsageDetails { InputTokenCount = input, CachedInputTokenCount = read, OutputTokenCount = output, ReasoningTokenCount = reasoning };
        details.AdditionalCounts = new() { ["CacheCreationInputTokens"] = written };

        var pieces = await StreamAsync(new ChatResponseUpdate(ChatRole.Assistant, "Hi"), new ChatResponseUpdate { Contents = [new UsageContent(details)] });

        var usage = pieces.Single(static piece => piece.Kind == PieceKind.Usage).Tokens;
        Assert.Equal(
            expected,
            string.Create(CultureInfo.InvariantCulture, $"{usage.UncachedInput} {usage.CacheRead} {usage.CacheWrite} {usage.Output} {usage.Reasoning}"));
    }

    [Fact]
    public async Task Usage_InParts_AddsUp()
    {
        var pieces = await StreamAsync(
            new ChatResponseUpdate(ChatRole.Assistant, "Hi"),
            new ChatResponseUpdate { Contents = [new UsageContent(new UsageDetails { InputTokenCount = 8 })] },
            new ChatResponseUpdate { Contents = [new UsageContent(new UsageDetails { OutputTokenCount = 3 })] });

        Assert.Equal(new AnswerUsage(8, 3), pieces.Last(static piece => piece.Kind == PieceKind.Usage).Tokens);
    }

    [Fact]
    public async Task Refusal_AsOpenAisClientTellsIt_IsARefusal()
    {
        var pieces = await StreamAsync(new ChatResponseUpdate { Contents = [new ErrorContent("I will not.") { ErrorCode = "Refusal" }] });

        Assert.Contains(AnswerPiece.Refusal("I will not."), pieces);
    }

    [Theory]
    [InlineData("rate_limit_exceeded", 429)]
    [InlineData("503", 503)]
    [InlineData("server_error", 502)]
    [InlineData(null, 502)]
    public async Task Error_InTheStream_IsOneOfTheProvider(string? code, int status)
    {
        var failure = await Assert.ThrowsAsync<ProviderException>(() => StreamAsync(new ChatResponseUpdate { Contents = [new ErrorContent("Sorry") { ErrorCode = code }] }));

        Assert.Equal((status, "Sorry"), (failure.Status, failure.Message));
    }

    [Fact]
    public async Task Arguments_ThatTheClientCouldNotRead_AreAnError()
    {
        var call = new FunctionCallContent("c1", "f") { Exception = new FormatException() };

        Assert.Equal(502, (await Assert.ThrowsAsync<ProviderException>(() => StreamAsync(new ChatResponseUpdate { Contents = [call] }))).Status);
    }

    [Fact]
    public async Task Answer_OfNothing_IsAnError()
    {
        Assert.Equal(502, (await Assert.ThrowsAsync<ProviderException>(() => StreamAsync())).Status);
        Assert.Equal(502, (await Assert.ThrowsAsync<ProviderException>(() => StreamAsync([null!]))).Status);
        Assert.Equal(502, (await Assert.ThrowsAsync<ProviderException>(() => PiecesAsync(new ScriptedClient(), stream: false))).Status);
    }

    [Fact]
    public async Task Models_AreTheClientsOwn()
    {
        using var adapter = new ChatClientAdapter(new ScriptedClient());

        Assert.Equal(["scripted-1"], await adapter.ListModelsAsync(Cancel));
    }

    private static Task<List<AnswerPiece>> StreamAsync(params ChatResponseUpdate[] updates) => PiecesAsync(new ScriptedClient { Updates = updates }, stream: true);

    private static async Task<List<AnswerPiece>> PiecesAsync(ScriptedClient client, bool stream)
    {
        using var adapter = new ChatClientAdapter(client);
        var pieces = new List<AnswerPiece>();
        await foreach (var piece in adapter.AnswerAsync(new ChatRequest { Model = "m", Messages = [], Stream = stream }, Cancel))
        {
            pieces.Add(piece);
        }

        return pieces;
    }

    private sealed class ScriptedClient : IChatClient
    {
        public ChatResponseUpdate[] Updates { get; init; } = [];

        public ChatResponse? Whole { get; init; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(Whole!);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Updates.ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("scripted", null, "scripted-1") : null;

        public void Dispose()
        {
        }
    }
}
