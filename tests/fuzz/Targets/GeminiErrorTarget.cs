using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Google's error bodies.</summary>
internal sealed class GeminiErrorTarget : FuzzTarget
{
    public override string Name => "gemini-error";

    public override IReadOnlyList<string> Words =>
        ["\"error\":{", "\"code\":", "\"message\":", "\"status\":", "\"details\":[", "\"reason\":", "API_KEY_INVALID", "\"retryDelay\":", "34.4s", "FAILED_PRECONDITION"];

    public override int Run(byte[] input)
    {
        var status = 400 + (input.Length == 0 ? 0 : input[0] % 200);
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status);
        var error = new GoogleAiAdapter(TimeProvider.System).ReadError(status, response.Headers, input);
        return HashCode.Combine(error.Outcome, error.Refusal.Status, error.Refusal.Code, error.RetryAfter is null);
    }
}
