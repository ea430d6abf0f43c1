using ProxyCluster.Core.Usage;
using ProxyCluster.GatewayApi.Admin;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary><c>GET /admin/v1/usage?by=</c>: spend by key, user, team, model, provider or tag: of the whole cluster, or of the caller's team.</summary>
internal sealed class UsageAdmin(UsageReader reader)
{
    public async Task<IResult> GetAsync(HttpContext context)
    {
        var (page, problem) = ListPage.Read(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        if (!TryRead(context.Request.Query["by"].ToString(), out var by))
        {
            return Problem.InvalidParameter("'by' must be key, user, team, model, provider or tag.");
        }

        var today = reader.Today;
        if (UsagePeriod.Read(context.Request, today, new DateOnly(today.Year, today.Month, 1), out var period) is { } fault)
        {
            return Problem.InvalidParameter(fault);
        }

        var query = new UsageQuery(by, null, page.After, page.Limit + 1) { Team = KeyScope.Of(context).Team };
        var groups = await reader.ReadAsync(query, period.From, period.To, context.RequestAborted);
        return page.Answer(groups, static group => group.Name, UsageJson.WriteGroup);
    }

    private static bool TryRead(string text, out UsageDimension by)
    {
        by = text switch
        {
            "user" => UsageDimension.User,
            "team" => UsageDimension.Team,
            "model" => UsageDimension.Model,
            "provider" => UsageDimension.Provider,
            "tag" => UsageDimension.Tag,
            _ => UsageDimension.Key,
        };
        return by != UsageDimension.Key || text is "" or "key";
    }
}
