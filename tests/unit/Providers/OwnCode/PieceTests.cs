using System.Buffers;
using System.Text;
using Microsoft.Extensions.AI;
using ProxyCluster.Core.Providers;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OwnCode;

namespace ProxyCluster.Tests.Unit.Providers.OwnCode;

/// <summary>Pieces of an answer, written as events and read again.</summary>
public sealed class PieceTests
{
    private static readonly AnswerPiece End = AnswerPiece.Finish(ChatFinishReason.Stop);

    [Fact]
    public void Pieces_OfEveryKind_ComeThrough()
    {
        var answer = Fold(
            AnswerPiece.Head("r1", "m1"),
            AnswerPiece.Reasoning("Hm"),
            AnswerPiece.ReasoningSignature("s1"),
            AnswerPiece.Text("Say \"hi\"\n"),
            AnswerPiece.Call("c1", "f"),
            AnswerPiece.Call("c2", "g", "{\"a\""),
            AnswerPiece.Arguments("{}", "c1"),
            AnswerPiece.Arguments(":1}"),
            AnswerPiece.Finish(ChatFinishReason.ToolCalls, "END"),
            AnswerPiece.Usage(new AnswerUsage(1, 2, 3, 4, 5)));

        Assert.Equal(("r1", "m1", "Hm", "s1", "Say \"hi\"\n"), (answer.Id, answer.Model, answer.Reasoning, answer.ReasoningSignature, answer.Text));
        Assert.Equal([new ToolCall("c1", "f", "{}"), new ToolCall("c2", "g", "{\"a\":1}")], answer.Calls);
        Assert.Equal((FinishReason.ToolCalls, "END"), (answer.Finish, answer.StopSequence));
        Assert.Equal(new TokenUsage(UncachedInput: 1, CacheRead: 3, CacheWrite: 4, Output: 2, Reasoning: 5), answer.Usage);
    }

    [Fact]
    public void Refusal_OfTheModel_ComesThrough() => Assert.Equal("I will not.", Fold(AnswerPiece.Refusal("I will"), AnswerPiece.Refusal(" not."), End).Refusal);

    [Fact]
    public void Text_CutWithinAPair_IsWholeAgain() => Assert.Equal("a😀b", Fold(AnswerPiece.Text("a\ud83d"), AnswerPiece.Text("\ude00b"), End).Text);

    [Fact]
    public void Text_WithHalfAPair_IsTextAllTheSame() => Assert.Equal("a\ufffdb", Fold(AnswerPiece.Text("a\ud83db"), End).Text);

    [Theory]
    [InlineData(16 * 1024 - 1)]
    [InlineData(16 * 1024)]
    public void Text_OfAnyLength_FitsIntoEvents(int before)
    {
        var text = new string('x', before) + string.Concat(Enumerable.Repeat("😀", 50_000));

        var events = Written(AnswerPiece.Text(text), End);

        Assert.Equal(text, Fold(AnswerPiece.Text(text), End).Text);
        Assert.All(events.Split('\n'), static line => Assert.InRange(line.Length, 0, 128 * 1024));
    }

    [Fact]
    public void Pieces_ThatAreEmpty_ArePassedOver() =>
        Assert.Equal(Written(End), Written(AnswerPiece.Text(""), AnswerPiece.Text(null!), AnswerPiece.Reasoning(""), End));

    [Fact]
    public void Call_WithoutAnId_GetsOne()
    {
        var calls = Fold(AnswerPiece.Call("", "f"), AnswerPiece.Call(null!, "g"), AnswerPiece.Finish(ChatFinishReason.ToolCalls)).Calls;

        Assert.Equal(2, calls.Select(static call => call.Id).Where(static id => id.Length > 0).Distinct().Count());
        Assert.All(calls, static call => Assert.Equal("{}", call.Arguments));
    }

    public static TheoryData<string, AnswerPiece[]> Misplaced => new()
    {
        { "after Finish", [End, AnswerPiece.Text("more")] },
        { "second Finish", [End, End] },
        { "arguments of no call", [AnswerPiece.Arguments("{}")] },
        { "arguments of another call", [AnswerPiece.Call("c1", "f"), AnswerPiece.Arguments("{}", "c2")] },
        { "call of nothing", [AnswerPiece.Call("c1", "")] },
        { "made by nobody", [default] },
    };

    [Theory]
    [MemberData(nameof(Misplaced), DisableDiscoveryEnumeration = true)]
    public void Piece_ThatCannotStandThere_IsAnError(string what, AnswerPiece[] pieces)
    {
        Assert.NotEmpty(what);
        Assert.Throws<InvalidOperationException>(() => Written(pieces));
    }

    [Fact]
    public void Answer_WithoutItsFinish_IsNotWhole()
    {
        var reader = new PieceReader(new FoldedAnswer());

        Assert.False(reader.ReadAll(Encoding.UTF8.GetBytes(Written(AnswerPiece.Text("Hel"))), new ArrayBufferWriter<byte>()));
    }

    [Theory]
    [InlineData(429, AttemptOutcome.RateLimited, true)]
    [InlineData(500, AttemptOutcome.ServerError, true)]
    [InlineData(401, AttemptOutcome.CredentialsRefused, true)]
    [InlineData(400, AttemptOutcome.Rejected, false)]
    public void Error_AmongTheEvents_SaysWhatItMeans(int status, AttemptOutcome outcome, bool another)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new PieceWriter(buffer);
        writer.WriteError(new OwnCodeFailure(status, "Sorry", TimeSpan.FromSeconds(7)));
        var reader = new PieceReader(new FoldedAnswer());

        Assert.Equal(StreamSignal.Failed, reader.Translate(default, buffer.WrittenSpan[..^1], new ArrayBufferWriter<byte>()));

        Assert.Equal((outcome, another), (reader.Error!.Value.Outcome, reader.Error.Value.TryAnother));
        Assert.Equal(status is 429 or 500 ? TimeSpan.FromSeconds(7) : null, reader.Error.Value.RetryAfter);
    }

    private static Answer Fold(params AnswerPiece[] pieces)
    {
        var answer = new FoldedAnswer();
        Assert.True(new PieceReader(answer).ReadAll(Encoding.UTF8.GetBytes(Written(pieces)), new ArrayBufferWriter<byte>()));
        return answer.Answer;
    }

    private static string Written(params AnswerPiece[] pieces)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new PieceWriter(buffer);
        foreach (var piece in pieces)
        {
            writer.Write(piece);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
