using System.Buffers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Bedrock's whole answers, embeddings and errors: what is passed on as an answer is JSON.</summary>
internal sealed class BedrockAnswerTarget : FuzzTarget
{
    private static readonly InferenceRequest Embedding = new()
    {
        Operation = InferenceOperation.Embeddings,
        Body = """{"model":"m","input":"a","encoding_format":"base64"}"""u8.ToArray(),
        Model = "m",
        ModelToken = 9..12,
    };

    private readonly BedrockAdapter _adapter = new(TimeProvider.System);

    public override string Name => "bedrock-answer";

    public override IReadOnlyList<string> Words =>
    [
        "\"output\":", "\"message\":", "\"content\":", "\"text\":", "\"toolUse\":", "\"input\":", "\"reasoningContent\":", "\"citationsContent\":", "\"stopReason\":", "\"usage\":",
        "\"embedding\":", "\"embeddings\":", "\"float\":", "\"__type\":", "\"originalStatusCode\":", "ThrottlingException",
    ];

    public override int Run(byte[] input)
    {
        var status = 400 + (input.Length == 0 ? 0 : input[0] % 200);
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status);
        var error = _adapter.ReadError(status, response.Headers, input);
        return HashCode.Combine(Read(Translated.WholeChat, input), Read(Translated.StreamedSchema, input), Read(Embedding, input), error.Outcome, error.Refusal.Code);
    }

    private AnswerValidity Read(InferenceRequest request, byte[] input)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = _adapter.ReadAnswer(request, input, output);
        if (answer.Validity == AnswerValidity.Translated)
        {
            Translated.MustBeJson(output.WrittenSpan);
        }

        return answer.Validity;
    }
}
