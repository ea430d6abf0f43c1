using ProxyCluster.GatewayApi.Providers.Anthropic;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Anthropic's error bodies.</summary>
internal sealed class AnthropicErrorTarget : FuzzTarget
{
    public override string Name => "anthropic-error";

    public override IReadOnlyList<string> Words => ["\"error\":", "\"type\":", "\"message\":", "overloaded_error", "rate_limit_error"];

    public override int Run(byte[] input)
    {
        var status = 400 + (input.Length == 0 ? 0 : input[0] % 200);
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status);
        var error = new AnthropicAdapter(TimeProvider.System).ReadError(status, response.Headers, input);
        return HashCode.Combine(error.Outcome, error.Refusal.Status, error.Refusal.Code);
    }
}
