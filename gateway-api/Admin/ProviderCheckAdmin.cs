using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Health of a provider on demand, and the types that this gateway has adapters for.</summary>
internal sealed class ProviderCheckAdmin(ProviderAdmin providers, IProviderProber prober, IEnumerable<ProviderAdapter> adapters)
{
    /// <summary><c>POST providers/{name}/check</c>.</summary>
    public async Task<IResult> CheckAsync(HttpContext context, string name)
    {
        if (await providers.FindAsync(context, name) is not { } description)
        {
            return ProviderAdmin.NoSuch(name);
        }

        var result = await prober.ProbeAsync(description.Definition, context.RequestAborted);
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("healthy"u8, result.Healthy);
            json.WriteNumber("responseTimeMilliseconds"u8, Math.Round(result.ResponseTime.TotalMilliseconds, 1));
            json.WriteString("detail"u8, result.Detail);
            json.WriteEndObject();
        });
    }

    /// <summary><c>GET provider-types</c>.</summary>
    public IResult Types() => AdminJson.Answer(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach (var adapter in adapters.OrderBy(a => a.Type, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, adapter.Type);
            json.WriteString("defaultBaseUrl"u8, adapter.DefaultBaseUrl);
            json.WriteBoolean("needsKey"u8, adapter.NeedsKey);
            json.WriteBoolean("chatCompletions"u8, adapter.Supports(InferenceOperation.ChatCompletions));
            json.WriteBoolean("completions"u8, adapter.Supports(InferenceOperation.Completions));
            json.WriteBoolean("embeddings"u8, adapter.Supports(InferenceOperation.Embeddings));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
