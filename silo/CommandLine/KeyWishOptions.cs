using System.CommandLine;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Silo.CommandLine;

/// <summary>The options that say what a new key is to be.</summary>
internal sealed class KeyWishOptions
{
    private readonly Option<string> _name = new("--name") { Description = "Tells operators whose key it is.", Required = true };
    private readonly Option<string[]> _roles = new("--role") { Description = "What it may do: admin, editor, viewer, user, or a role of the configuration. May be repeated.", DefaultValueFactory = _ => [KeyRoles.User] };
    private readonly Option<string[]> _permissions = new("--permission") { Description = "A permission beside those of its roles, for example providers.read. May be repeated." };
    private readonly Option<string[]> _models = new("--model") { Description = "A pattern of models that it may use, for example gpt-4o*. May be repeated. Default: all." };
    private readonly Option<string[]> _regions = new("--region") { Description = "A region that may serve it. May be repeated. Default: all." };
    private readonly Option<string?> _user = new("--user") { Description = "The user it belongs to." };
    private readonly Option<string?> _team = new("--team") { Description = "The team it belongs to." };
    private readonly Option<DateTimeOffset?> _expiresAt = new("--expires-at") { Description = "When it stops working, for example 2030-01-31T00:00:00Z. Default: never." };
    private readonly Option<int?> _requests = new("--requests-per-minute") { Description = "Its own limit; 0: none. Default: that of the configuration." };
    private readonly Option<long?> _tokens = new("--tokens-per-minute") { Description = "Its own limit; 0: none." };
    private readonly Option<decimal?> _dollars = new("--dollars-per-month") { Description = "Its own budget; 0: none." };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_name, _roles, _permissions, _models, _regions, _user, _team, _expiresAt, _requests, _tokens, _dollars])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    public KeyRequest Read(ParseResult parsed)
    {
        var limits = new LimitSet
        {
            RequestsPerMinute = parsed.GetValue(_requests),
            TokensPerMinute = parsed.GetValue(_tokens),
            DollarsPerMonth = parsed.GetValue(_dollars),
        };
        return new(parsed.GetValue(_name)!, [.. parsed.GetValue(_roles) ?? []])
        {
            Permissions = [.. parsed.GetValue(_permissions) ?? []],
            Models = [.. parsed.GetValue(_models) ?? []],
            Regions = [.. parsed.GetValue(_regions) ?? []],
            User = parsed.GetValue(_user),
            Team = parsed.GetValue(_team),
            ExpiresAt = parsed.GetValue(_expiresAt)?.ToUniversalTime(),
            Limits = limits == new LimitSet() ? null : limits,
        };
    }
}
