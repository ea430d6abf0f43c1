using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Writes the headers of API.md. Nothing of a provider's own headers is copied.</summary>
internal static class ResponseHeaders
{
    private static readonly StringValues EventStream = "text/event-stream; charset=utf-8";
    private static readonly StringValues Json = "application/json";
    private static readonly StringValues NoCache = "no-cache";
    private static readonly StringValues No = "no";
    private static readonly StringValues True = "true";
    private static readonly string[] Numbers = [.. Enumerable.Range(0, 16).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The request's id, under every name that clients know.</summary>
    public static void WriteRequestId(IHeaderDictionary headers, ClientDialect dialect, string id)
    {
        headers["x-request-id"] = id;
        if (dialect.RequestIdHeader is { } name)
        {
            headers[name] = id;
        }
    }

    /// <summary>What every answer has, refusals too, as far as it is known.</summary>
    public static void WriteCommon(Exchange exchange)
    {
        var headers = exchange.Context.Response.Headers;
        WriteLimits(headers, exchange);
        if (exchange.IsStale)
        {
            headers["x-proxy-stale"] = True;
        }

        if (exchange.Candidate is not null && exchange.Attempts > 0)
        {
            headers["x-proxy-attempts"] = Number(exchange.Attempts);
            headers["x-proxy-region"] = exchange.Region;
            if (exchange.SharedBy > 1)
            {
                headers["x-proxy-batch"] = Number(exchange.SharedBy);
            }
        }

        if (exchange.Condensed is { } condensed)
        {
            WriteCondensed(headers, condensed);
        }

        if (exchange.AuthenticatedAt != 0)
        {
            headers["server-timing"] = ServerTiming(exchange);
        }
    }

    /// <summary>The head of a whole answer.</summary>
    public static void WriteAnswer(Exchange exchange, int length)
    {
        var response = exchange.Context.Response;
        response.Headers.ContentType = Json;
        response.ContentLength = length;
        WriteServed(exchange);
        WriteCost(exchange);
        WriteCommon(exchange);
    }

    /// <summary>The head of a stream.</summary>
    public static void WriteStream(Exchange exchange)
    {
        var headers = exchange.Context.Response.Headers;
        headers.ContentType = EventStream;
        headers.CacheControl = NoCache;
        headers["x-accel-buffering"] = No;
        WriteServed(exchange);
        WriteCommon(exchange);
    }

    /// <summary>The head of an answer that is passed on unread: only what its bytes are, and how many, is the provider's word.</summary>
    public static void WritePassedOn(Exchange exchange, HttpContentHeaders provider)
    {
        var response = exchange.Context.Response;
        response.Headers.ContentType = provider.ContentType?.ToString() ?? "application/octet-stream";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = provider.ContentLength;
        if (provider.ContentType?.MediaType is "text/event-stream")
        {
            response.Headers.CacheControl = NoCache;
            response.Headers["x-accel-buffering"] = No;
        }

        WriteServed(exchange);
        WriteCommon(exchange);
    }

    private static void WriteLimits(IHeaderDictionary headers, Exchange exchange)
    {
        var tokens = exchange.Reservation is { } reservation ? TokenLimitHeaders.Tightest(reservation) : default;
        exchange.Dialect.WriteLimits(headers, exchange.Limits, exchange.Clock);
        if (tokens.Limit > 0)
        {
            exchange.Dialect.WriteTokenLimits(headers, tokens, exchange.Clock);
        }

        if (exchange.TellsStandardLimits)
        {
            StandardLimitHeaders.Write(headers, exchange.Limits, tokens);
        }
    }

    private static void WriteServed(Exchange exchange)
    {
        var headers = exchange.Context.Response.Headers;
        if (exchange.Candidate is { } candidate)
        {
            headers["x-proxy-provider"] = candidate.Provider.Name;
            headers["x-proxy-model"] = Printable(candidate.UpstreamModel);
            headers["x-proxy-strategy"] = exchange.Strategy;
            if (exchange.Explores)
            {
                headers["x-proxy-exploration"] = True;
            }
        }

        if (exchange.Fallback != FallbackReason.None)
        {
            headers["x-proxy-fallback"] = FallbackReasons.NameOf(exchange.Fallback);
        }

        if (exchange.Warnings is { } warnings)
        {
            headers["x-proxy-warning"] = Printable(warnings);
        }
    }

    private static void WriteCondensed(IHeaderDictionary headers, CondensedFigures condensed)
    {
        headers["x-proxy-condensed"] = condensed.Header;
        if (condensed.SummaryDollars > 0)
        {
            headers["x-proxy-condensed-cost-usd"] = condensed.SummaryDollars.ToString(CultureInfo.InvariantCulture);
        }

        if (condensed.Rolling is { } rolling)
        {
            headers["x-proxy-condensed-step"] = rolling.Header;
        }
    }

    private static void WriteCost(Exchange exchange)
    {
        if (exchange.Usage is { } usage && AnswerCost.DollarsOf(exchange.Candidate!.Entry, usage) is { } cost)
        {
            exchange.Context.Response.Headers["x-proxy-cost-usd"] = cost.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string ServerTiming(Exchange exchange)
    {
        var clock = exchange.Clock;
        var auth = clock.GetElapsedTime(exchange.Started, exchange.AuthenticatedAt).TotalMilliseconds;
        if (exchange.RoutedAt == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"auth;dur={auth:F2}");
        }

        var limit = clock.GetElapsedTime(exchange.AuthenticatedAt, exchange.LimitedAt).TotalMilliseconds;
        var route = clock.GetElapsedTime(exchange.LimitedAt, exchange.RoutedAt).TotalMilliseconds;
        var upstream = exchange.Upstream.TotalMilliseconds;
        return exchange.Waited > TimeSpan.Zero
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"auth;dur={auth:F2}, limit;dur={limit:F2}, route;dur={route:F2}, batch;dur={exchange.Waited.TotalMilliseconds:F2}, upstream;dur={upstream:F2}")
            : string.Create(
                CultureInfo.InvariantCulture, $"auth;dur={auth:F2}, limit;dur={limit:F2}, route;dur={route:F2}, upstream;dur={upstream:F2}");
    }

    private static string Number(int value) => value < Numbers.Length ? Numbers[value] : value.ToString(CultureInfo.InvariantCulture);

    // A header takes ASCII; a model's name from a client's request may hold anything printable.
    private static string Printable(string text) =>
        text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Uri.EscapeDataString(text) : text;
}
