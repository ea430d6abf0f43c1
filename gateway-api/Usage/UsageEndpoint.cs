using System.Text.Json;
using ProxyCluster.Core.Usage;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary><c>GET /v1/usage</c>: what the caller itself used, its limits, and what is left of them.</summary>
internal sealed partial class UsageEndpoint(
    ICallerAuthenticator authenticator, IRequestLimiter limiter, UsageReader reader, UsedLimits limits, ILogger<UsageEndpoint> logger)
{
    private const int MostModels = 1_000;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var authentication = await authenticator.AuthenticateAsync(context);
            if (authentication.Caller is not { } caller)
            {
                await ErrorWriter.WriteAsync(context, authentication.Refusal!);
                return;
            }

            if (UsagePeriod.Read(context.Request, reader.Today, reader.Today, out var period) is { } fault)
            {
                await ErrorWriter.WriteAsync(context, Refusals.InvalidValue("from", fault));
                return;
            }

            // Who is over a limit must learn what is left of it.
            var isToday = period == new UsagePeriod(reader.Today, reader.Today);
            await (isToday ? AnswerAsync(context, caller, period) : AdmitAsync(context, caller, period));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            var isSilent = ClusterSilence.Caused(failure);
            LogFailed(logger, failure, isSilent);
            await ErrorWriter.WriteAsync(context, isSilent ? LimitRefusals.LimiterDown() : Refusals.Internal());
        }
    }

    // Other days cost the cluster more calls than most requests do.
    private async Task AdmitAsync(HttpContext context, Caller caller, UsagePeriod period)
    {
        var decision = await limiter.AcquireAsync(new LimitedRequest(caller, null, CallerContext.Of(context)), context.RequestAborted);
        RateLimitHeaders.Write(context.Response.Headers, decision);
        if (decision.Refusal is { } refusal)
        {
            await ErrorWriter.WriteAsync(context, refusal);
            return;
        }

        try
        {
            await AnswerAsync(context, caller, period);
        }
        finally
        {
            limiter.Release(decision);
        }
    }

    private async Task AnswerAsync(HttpContext context, Caller caller, UsagePeriod period)
    {
        var query = new UsageQuery(UsageDimension.Model, caller.Subject, null, MostModels);
        var models = await reader.ReadAsync(query, period.From, period.To, context.RequestAborted);
        var used = await limits.ReadAsync(caller, context.RequestAborted);
        await AdminJson.WriteAsync(context, StatusCodes.Status200OK, "application/json", json =>
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "usage"u8);
            json.WriteString("subject"u8, caller.Subject);
            json.WriteString("from"u8, period.From.ToString("O"));
            json.WriteString("to"u8, period.To.ToString("O"));
            json.WriteStartObject("total"u8);
            UsageJson.WriteTotals(json, models.Aggregate(default(UsageTotals), static (sum, group) => sum + group.Totals));
            json.WriteEndObject();
            json.WriteStartArray("models"u8);
            foreach (var model in models)
            {
                UsageJson.WriteGroup(json, model);
            }

            json.WriteEndArray();
            json.WriteStartArray("limits"u8);
            foreach (var limit in used)
            {
                Write(json, limit);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, UsedLimit limit)
    {
        json.WriteStartObject();
        json.WriteString("subject"u8, limit.Subject);
        json.WriteString("limit"u8, limit.Limit);
        json.WriteNumber("most"u8, limit.Most);
        json.WriteNumber("used"u8, limit.Used);
        json.WriteNumber("reserved"u8, limit.Reserved);
        json.WriteNumber("left"u8, limit.Left);
        json.WriteNumber("resets_in_seconds"u8, Math.Ceiling(limit.Reset.TotalSeconds));
        json.WriteEndObject();
    }

    [LoggerMessage(EventId = 2722, Level = LogLevel.Warning, Message = "Usage could not be told; the cluster was silent: {IsSilent}")]
    private static partial void LogFailed(ILogger logger, Exception failure, bool isSilent);
}
