using System.Text.Json;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>The connections that this gateway has to upstream hosts. Every gateway has its own, and tells only of them.</summary>
internal sealed class PoolAdmin(HostPools hosts, UpstreamPool clients, ProviderAdmin providers)
{
    private const int Decimals = 3;

    /// <summary><c>GET pools</c>.</summary>
    public IResult List(HttpContext context)
    {
        var (page, problem) = ListPage.Read(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        var items = hosts.All
            .OrderBy(static pool => pool.Name, StringComparer.Ordinal)
            .Where(pool => page.After is null || string.CompareOrdinal(pool.Name, page.After) > 0)
            .Take(page.Limit + 1)
            .ToList();
        return page.Answer(items, static pool => pool.Name, Write);
    }

    /// <summary><c>GET providers/{name}/pool</c>.</summary>
    public async Task<IResult> OfProviderAsync(HttpContext context, string name)
    {
        if (clients.HostOf(name) is { } pool)
        {
            return AdminJson.Answer(json => Write(json, pool));
        }

        return await providers.FindAsync(context, name) is null
            ? ProviderAdmin.NoSuch(name)
            : Problem.NotFound($"pool of provider '{name}' here: this gateway has not asked it yet");
    }

    private static void Write(Utf8JsonWriter json, HostPool pool)
    {
        var figures = pool.Figures();
        json.WriteStartObject();
        json.WriteString("host"u8, figures.Host);
        json.WriteString("proxy"u8, pool.Key.Proxy);
        json.WriteString("httpVersion"u8, figures.HttpVersion);
        json.WriteNumber("size"u8, figures.Size);
        json.WriteNumber("limit"u8, figures.Limit);
        json.WriteNumber("most"u8, figures.Most);
        json.WriteNumber("ready"u8, figures.Ready);
        json.WriteNumber("open"u8, figures.Open);
        json.WriteNumber("waiting"u8, figures.Waiting);
        json.WriteNumber("inFlight"u8, figures.InFlight);
        WriteUse(json, figures);
        json.WriteNumber("openedAhead"u8, figures.OpenedAhead);
        json.WriteNumber("openedOnDemand"u8, figures.OpenedOnDemand);
        json.WriteNumber("queued"u8, figures.Queued);
        json.WriteNumber("generations"u8, figures.Generations);
        json.WriteNumber("ageSeconds"u8, Math.Round(figures.Age.TotalSeconds, Decimals));
        json.WriteNumber("dnsRefreshes"u8, figures.DnsRefreshes);
        json.WriteStartObject("swaps"u8);
        foreach (var reason in Enum.GetValues<PoolSwap>())
        {
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()), pool.SwapsFor(reason));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteUse(Utf8JsonWriter json, PoolFigures figures)
    {
        json.WriteStartObject("lastWindow"u8);
        json.WriteNumber("requests"u8, figures.Use.Requests);
        json.WriteNumber("requestsPerSecond"u8, Math.Round(figures.Use.RequestsPerSecond, Decimals));
        json.WriteNumber("errorShare"u8, Math.Round(figures.Use.ErrorShare, Decimals));
        json.WriteEndObject();
        json.WriteNumber("meanResponseSeconds"u8, Math.Round(figures.Use.MeanResponseSeconds, Decimals));
    }
}
