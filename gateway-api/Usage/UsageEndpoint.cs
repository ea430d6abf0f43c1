using System.Text.Json;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Usage;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Budgets;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary><c>GET /v1/usage</c>: what the caller itself used, its limits, and what is left of them.</summary>
internal sealed partial class UsageEndpoint(
    ICallerAuthenticator authenticator, UsageReader reader, BudgetKeeper budgets, IGrainFactory grains, TimeProvider clock, ILogger<UsageEndpoint> logger)
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

            await AnswerAsync(context, caller, period);
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

    private async Task AnswerAsync(HttpContext context, Caller caller, UsagePeriod period)
    {
        var query = new UsageQuery(UsageDimension.Model, caller.Subject, null, MostModels);
        var models = await reader.ReadAsync(query, period.From, period.To, context.RequestAborted);
        var policy = budgets.Policy;
        var standings = await Task.WhenAll(caller.Accounts
            .Select(account => (account.Subject, Limits: policy.For(account.Subject, account.Limits)))
            .Where(account => caller.IsLimited && account.Limits.Any)
            .Select(async account => (account.Subject, Standing: await grains
                .GetGrain<IBudgetGrain>(account.Subject).LookAsync(account.Limits).Within(clock, context.RequestAborted))));
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
            foreach (var (subject, standing) in standings)
            {
                Write(json, subject, standing);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, string subject, BudgetStanding standing)
    {
        foreach (var limit in BudgetLimitKinds.All)
        {
            var most = standing.Limits.Of(limit);
            if (most == 0)
            {
                continue;
            }

            var level = standing.Of(limit);
            json.WriteStartObject();
            json.WriteString("subject"u8, subject);
            json.WriteString("limit"u8, NameOf(limit));
            WriteAmount(json, "most"u8, limit, most);
            WriteAmount(json, "used"u8, limit, level.Used);
            WriteAmount(json, "reserved"u8, limit, level.Held);
            WriteAmount(json, "left"u8, limit, level.LeftOf(most));
            json.WriteNumber("resets_in_seconds"u8, Math.Ceiling(level.Reset.TotalSeconds));
            json.WriteEndObject();
        }
    }

    private static void WriteAmount(Utf8JsonWriter json, ReadOnlySpan<byte> name, BudgetLimit limit, long amount)
    {
        if (limit.IsMoney())
        {
            json.WriteNumber(name, Money.ToDollars(amount));
        }
        else
        {
            json.WriteNumber(name, amount);
        }
    }

    private static string NameOf(BudgetLimit limit) => limit switch
    {
        BudgetLimit.TokensPerMinute => "tokens_per_minute",
        BudgetLimit.TokensPerHour => "tokens_per_hour",
        BudgetLimit.DollarsPerDay => "dollars_per_day",
        _ => "dollars_per_month",
    };

    [LoggerMessage(EventId = 2722, Level = LogLevel.Warning, Message = "Usage could not be told; the cluster was silent: {IsSilent}")]
    private static partial void LogFailed(ILogger logger, Exception failure, bool isSilent);
}
