using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>The audit logs: searched, and exported as they are stored.</summary>
internal sealed class AuditAdmin(IGrainFactory grains, IOptionsMonitor<ProxyClusterOptions> options, TimeProvider clock)
{
    private const int LongestFilter = 256;

    // A search for what is rare looks through so much of the log, then says where to go on.
    private const int MostCalls = 8;

    /// <summary><c>GET audit</c>: the oldest first.</summary>
    public async Task<IResult> ListAsync(HttpContext context)
    {
        var (page, pageProblem) = ListPage.Read(context.Request);
        var (query, problem) = Read(context.Request, page);
        if ((pageProblem ?? problem) is { } fault)
        {
            return fault;
        }

        var lines = new List<string>();
        var grain = Grain(LogOf(context.Request)!);
        for (var call = 0; ; call++)
        {
            var found = await grain.ReadAsync(query!).Within(clock, context.RequestAborted);
            lines.AddRange(found.Lines);
            if (found.Next == 0 || lines.Count >= page.Limit || call == MostCalls)
            {
                return Answer(lines, found.Next);
            }

            query = query! with { After = found.Next, Limit = page.Limit - lines.Count };
        }
    }

    /// <summary><c>GET audit/export</c>: whole segments as JSON lines, which <c>audit verify</c> takes.</summary>
    public async Task<IResult> ExportAsync(HttpContext context)
    {
        var name = LogOf(context.Request);
        var (from, fromProblem) = Number(context.Request, "from");
        var (to, toProblem) = Number(context.Request, "to");
        if (name is null || (fromProblem ?? toProblem) is not null)
        {
            return fromProblem ?? toProblem ?? UnknownLog();
        }

        // Whoever verifies a segment needs its beginning, which says what was before it.
        var first = AuditLogs.FirstOf(AuditLogs.SegmentOf(Math.Max(1, from ?? 1)));
        var query = new AuditQuery(first - 1, AuditLogs.SegmentRecords);
        var page = await Grain(name).ReadAsync(query).Within(clock, context.RequestAborted);
        return Results.Stream(output => WriteAsync(output, name, page, to ?? long.MaxValue, context.RequestAborted), "application/x-ndjson");
    }

    private async Task WriteAsync(Stream output, string name, AuditPage page, long to, CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var line in page.Lines)
            {
                if (AuditLine.Read(line)?.Seq > to)
                {
                    return;
                }

                await output.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);
            }

            if (page.Next == 0)
            {
                return;
            }

            page = await Grain(name).ReadAsync(new AuditQuery(page.Next, AuditLogs.SegmentRecords)).Within(clock, cancellationToken);
        }
    }

    private static IResult Answer(List<string> lines, long next) => AdminJson.Answer(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach (var line in lines)
        {
            // What is damaged is shown as it is, but cannot break the document.
            if (AuditLine.Read(line) is null)
            {
                json.WriteStringValue(line);
            }
            else
            {
                json.WriteRawValue(line);
            }
        }

        json.WriteEndArray();
        json.WriteString("next"u8, next == 0 ? null : next.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    });

    private static (AuditQuery? Query, Problem? Problem) Read(HttpRequest request, ListPage page)
    {
        var after = 0L;
        if (page.After is { } text && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return (null, Problem.InvalidParameter("'after' must be the number of a record."));
        }

        if (LogOf(request) is null)
        {
            return (null, UnknownLog());
        }

        var (from, fromProblem) = Moment(request, "from");
        var (to, toProblem) = Moment(request, "to");
        var (actor, actorProblem) = Filter(request, "actor");
        var (action, actionProblem) = Filter(request, "action");
        return (fromProblem ?? toProblem ?? actorProblem ?? actionProblem) is { } problem
            ? (null, problem)
            : (new AuditQuery(after, Math.Max(1, page.Limit)) { From = from, To = to, Actor = actor, Action = action }, null);
    }

    private static string? LogOf(HttpRequest request) => request.Query["log"].ToString() switch
    {
        "" => AuditLogs.Actions,
        var name when AuditLogs.Names.Contains(name, StringComparer.Ordinal) => name,
        _ => null,
    };

    private static Problem UnknownLog() => Problem.InvalidParameter($"'log' must be one of: {string.Join(", ", AuditLogs.Names)}.");

    private static (DateTimeOffset? Moment, Problem? Problem) Moment(HttpRequest request, string name)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0)
        {
            return (null, null);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? (moment, null)
            : (null, Problem.InvalidParameter($"'{name}' must be a moment, for example 2030-01-31T00:00:00Z."));
    }

    private static (long? Number, Problem? Problem) Number(HttpRequest request, string name)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0)
        {
            return (null, null);
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < long.MaxValue / 2
            ? (number, null)
            : (null, Problem.InvalidParameter($"'{name}' must be the number of a record."));
    }

    private static (string? Text, Problem? Problem) Filter(HttpRequest request, string name) => request.Query[name].ToString() switch
    {
        "" => (null, null),
        { Length: <= LongestFilter } text => (text, null),
        _ => (null, Problem.InvalidParameter($"'{name}' has at most {LongestFilter} characters.")),
    };

    private IAuditGrain Grain(string name) => grains.GetGrain<IAuditGrain>(AuditLogs.Of(options.CurrentValue.Region, name));
}
