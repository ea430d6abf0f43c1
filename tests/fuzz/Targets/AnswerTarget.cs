using System.Buffers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.Tests.Fuzz.Clients;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// A provider's whole answers, read for a client of each dialect: all are told the same, in sound JSON; and the same bytes
/// as an error.
/// </summary>
/// <param name="adapter">The provider's.</param>
internal abstract class AnswerTarget(ProviderAdapter adapter) : FuzzTarget
{
    /// <summary>The dialect that the provider speaks itself; <see langword="null"/>: none.</summary>
    protected virtual InferenceOperation? Own => null;

    /// <summary>The same answer as the provider would stream it; <see langword="null"/>: not known.</summary>
    protected virtual byte[]? StreamOf(byte[] answer) => null;

    /// <summary>Whether a call's arguments are text, which stays as it is, rather than JSON, which may be written anew.</summary>
    protected virtual bool ArgumentsAreText => false;

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var path = new HashCode();
        ClientView? told = null;
        var lacksArguments = false;
        AnswerValidity? validity = null;
        foreach (var operation in Ask.Dialects)
        {
            var request = operation == Own && Own == InferenceOperation.Responses ? Ask.Native(stream: false) : Ask.Whole(operation);
            var (answer, view) = Read(request, input);
            path.Add(answer.Validity);
            path.Add(answer.Usage is null);
            if (operation == Own)
            {
                continue;
            }

            validity ??= answer.Validity;
            if (answer.Validity != validity)
            {
                throw new InvalidDataException($"For one client the answer is {validity}, for another {answer.Validity}.");
            }

            // A message's input is JSON, where others have text that should be: it is not compared, nor compared with.
            view?.MustAgreeWith(told ?? view, "Clients of two dialects", withArguments: operation != InferenceOperation.Messages && !lacksArguments);
            if (told is null || lacksArguments)
            {
                (told, lacksArguments) = (view, operation == InferenceOperation.Messages);
            }
        }

        if (told is not null && StreamOf(input) is { } stream)
        {
            var relayed = RelayedStream.Run(adapter, Ask.Stream(Ask.Dialects.First(one => one != Own)), stream, isCopied: false);
            if (relayed.IsComplete && relayed.View.Unescape() is { } streamed)
            {
                streamed.MustAgreeWith(told, "Clients of the whole and of the stream", ArgumentsAreText);
            }
        }

        path.Add(ErrorReading.Of(adapter, input));
        path.Add(told?.Calls);
        path.Add(told?.IsCut);
        return path.ToHashCode();
    }

    /// <summary>Reads an answer, as the same client would.</summary>
    protected (WholeAnswer Answer, ClientView? View) Read(InferenceRequest request, byte[] input)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = adapter.ReadAnswer(request, input, output);
        Sound.Usage(answer.Usage);
        if (answer.Validity == AnswerValidity.Invalid)
        {
            return (answer, null);
        }

        var json = Sound.Json(answer.Validity == AnswerValidity.Verbatim ? input : output.WrittenSpan);
        if (answer.Validity == AnswerValidity.Verbatim || request.Operation == Own || !request.Operation.IsChat())
        {
            return (answer, null);
        }

        return (answer, request.Operation switch
        {
            InferenceOperation.Messages => MessagesClient.ReadWhole(json),
            InferenceOperation.Responses => ResponsesClient.ReadWhole(json),
            _ => ChatClient.ReadWhole(json),
        });
    }
}
