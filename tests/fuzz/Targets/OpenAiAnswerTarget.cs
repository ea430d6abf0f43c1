using System.Buffers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>OpenAI's whole answers and errors: what is passed on as an answer is JSON.</summary>
internal sealed class OpenAiAnswerTarget : FuzzTarget
{
    private readonly OpenAiAdapter _adapter = new(OpenAiDialect.Presets[0], TimeProvider.System);

    public override string Name => "openai-answer";

    public override IReadOnlyList<string> Words =>
        ["\"choices\":", "\"message\":", "\"content\":", "[{\"type\":\"text\",\"text\":\"a\"}]", "\"usage\":", "\"prompt_tokens\":", "\"error\":", "\"finish_reason\":"];

    public override int Run(byte[] input)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = _adapter.ReadAnswer(Translated.WholeChat, input, output);
        if (answer.Validity != AnswerValidity.Invalid)
        {
            Translated.MustBeJson(answer.Validity == AnswerValidity.Verbatim ? input : output.WrittenSpan);
        }

        using var response = new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest);
        var error = _adapter.ReadError(400, response.Headers, input);
        return HashCode.Combine(answer.Validity, answer.Usage is null, error.Outcome, error.Refusal.Code);
    }
}
