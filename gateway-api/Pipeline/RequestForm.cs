using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>
/// The form in which one provider is asked: the client's own, or, where its model cannot serve that, a whole answer in
/// place of a stream, and a chat in place of a text completion.
/// </summary>
/// <param name="Request">What the provider is asked.</param>
/// <param name="IsReplayed">The whole answer is to become the client's stream.</param>
/// <param name="Warnings">What was changed, for <c>x-proxy-warning</c>; <see langword="null"/>: nothing.</param>
/// <param name="Refusal">Why it cannot be asked so; <see langword="null"/>: it can.</param>
internal readonly record struct RequestForm(InferenceRequest Request, bool IsReplayed, string? Warnings, Refusal? Refusal = null)
{
    private const string Replayed = "stream: replayed from a whole answer";
    private const string Chatted = "prompt: sent as a chat";

    private static readonly ModelNames Names = new();

    /// <summary>Finds the form that a model can serve.</summary>
    /// <param name="request">What the client asked.</param>
    /// <param name="own">What the model can do itself.</param>
    /// <param name="limits">Those in force.</param>
    public static RequestForm For(InferenceRequest request, ModelCapabilities own, InputLimitOptions limits)
    {
        var isReplayed = request.Stream && (own & ModelCapabilities.Streaming) == 0;
        var isChatted = request.Operation == InferenceOperation.Completions && (own & ModelCapabilities.Completions) == 0;
        if (!isReplayed && !isChatted)
        {
            return new RequestForm(request, false, null);
        }

        var form = request;
        if (isReplayed && AskedWhole(ref form, limits) is { } refusal)
        {
            return new RequestForm(request, false, null, refusal);
        }

        return new RequestForm(
            isChatted ? form with { Operation = InferenceOperation.CompletionsByChat } : form,
            isReplayed,
            isReplayed && isChatted ? $"{Replayed}; {Chatted}" : isReplayed ? Replayed : Chatted);
    }

    // Read anew, so that all positions are those of the new body. It is refused only by limits that were lowered meanwhile.
    private static Refusal? AskedWhole(ref InferenceRequest request, InputLimitOptions limits)
    {
        var body = WithoutStream(request.Body.Span, limits.MaxJsonDepth);
        if (RequestScanner.Scan(body, request.Operation, limits, Names, out var whole) is { } refusal)
        {
            return refusal;
        }

        request = whole! with { Headers = request.Headers, AnswerKept = request.AnswerKept, AnswerRoomTokens = request.AnswerRoomTokens };
        return null;
    }

    private static ReadOnlyMemory<byte> WithoutStream(ReadOnlySpan<byte> body, int maxDepth)
    {
        var output = new ArrayBufferWriter<byte>(body.Length);
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        output.Write("{"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isOfStream = reader.ValueTextEquals("stream"u8) || reader.ValueTextEquals("stream_options"u8);
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            reader.Skip();
            if (!isOfStream)
            {
                output.Write(output.WrittenCount > 1 ? ","u8 : default);
                output.Write(body[start..(int)reader.BytesConsumed]);
            }
        }

        output.Write("}"u8);
        return output.WrittenMemory;
    }
}
