using System.Buffers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A provider's whole Responses and errors: what is passed on as an answer is JSON.</summary>
internal sealed class ResponsesAnswerTarget : FuzzTarget
{
    private readonly ResponsesAdapter _adapter = new(TimeProvider.System);

    public override string Name => "responses-answer";

    public override IReadOnlyList<string> Words =>
    [
        "\"output\":", "\"type\":\"message\"", "\"type\":\"function_call\"", "\"type\":\"reasoning\"", "\"content\":", "\"summary\":", "\"text\":", "\"usage\":",
        "\"input_tokens\":", "\"status\":\"incomplete\"", "\"incomplete_details\":", "\"error\":", "\"store\":false",
    ];

    public override int Run(byte[] input)
    {
        var output = new ArrayBufferWriter<byte>();
        var translated = _adapter.ReadAnswer(Translated.WholeChat, input, output);
        if (translated.Validity == AnswerValidity.Translated)
        {
            Translated.MustBeJson(output.WrittenSpan);
        }

        var native = new InferenceRequest
        {
            Operation = InferenceOperation.Responses,
            Body = default,
            Model = "m",
            ModelToken = default,
            IsNative = true,
            AnswerKept = static _ => { },
        };
        var copied = _adapter.ReadAnswer(native, input, output);
        if (copied.Validity == AnswerValidity.Verbatim)
        {
            Translated.MustBeJson(input);
        }

        return HashCode.Combine(translated.Validity, translated.Usage is null, copied.Validity);
    }
}
