using System.Text;

namespace ProxyCluster.Tests.Http.Outbound;

/// <summary>Calls of a gateway, for tests of its way to providers.</summary>
internal static class GatewayCalls
{
    /// <summary>Sends a chat.</summary>
    /// <param name="client">Of the gateway.</param>
    /// <param name="model">Who is asked.</param>
    /// <param name="more">Further members, each with a comma before it.</param>
    public static async Task<HttpResponseMessage> ChatAsync(this HttpClient client, string model, string more = "")
    {
        using var content = Json($$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}]{{more}}}""");
        return await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    /// <summary>Adds a provider while the gateway runs; whatever changes in the definitions makes it ask all for their models.</summary>
    /// <param name="admin">Of the gateway.</param>
    /// <param name="definition">As JSON.</param>
    public static async Task AddProviderAsync(this HttpClient admin, string definition)
    {
        using var content = Json(definition);
        using var added = await admin.PostAsync(new Uri("/admin/v1/providers", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.True(added.IsSuccessStatusCode, await added.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
