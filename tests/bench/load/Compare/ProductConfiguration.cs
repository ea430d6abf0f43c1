using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>Whom the product lets in, and what it holds them to.</summary>
internal enum ProductAccess
{
    /// <summary>Anybody on the machine, without limits.</summary>
    Open = 0,

    /// <summary>An API key with limits on its requests: a default installation.</summary>
    OfAKey = 1,

    /// <summary>An API key of a user and a team: requests, tokens and requests in flight of all three and of the model are limited.</summary>
    OfAUserAndATeam = 2,
}

/// <summary>Writes access and limits into a configuration. The limits are so high that none is reached.</summary>
internal static class ProductConfiguration
{
    private const int Many = 100_000_000;
    private const long ManyTokens = 100_000_000_000;
    private const int ManyInFlight = 1000;

    public static void Apply(JsonObject settings, ProductAccess access, string key)
    {
        if (access == ProductAccess.Open)
        {
            return;
        }

        var hasOwners = access == ProductAccess.OfAUserAndATeam;
        Set(settings, "Auth", new { Required = true, Keys = new[] { hasOwners ? (object)new { Name = "bench", Key = key, User = "ada", Team = "research" } : new { Name = "bench", Key = key } } });
        if (!hasOwners)
        {
            Set(settings, "RateLimits", new { RequestsPerMinute = Many, RequestsPerHour = Many });
            return;
        }

        var requests = new { RequestsPerMinute = Many, RequestsPerHour = Many, Concurrency = ManyInFlight };
        var ofModels = new { Name = "*", RequestsPerMinute = Many, RequestsPerHour = Many, Concurrency = ManyInFlight };
        Set(settings, "RateLimits", new
        {
            requests.RequestsPerMinute,
            requests.RequestsPerHour,
            requests.Concurrency,
            Users = requests,
            Teams = requests,
            Models = new[] { ofModels },
        });
        var tokens = new { TokensPerMinute = ManyTokens };
        Set(settings, "Budgets", new { Keys = tokens, Users = tokens, Teams = tokens, Models = new[] { new { Name = "*", tokens.TokensPerMinute } } });
    }

    private static void Set<T>(JsonObject settings, string section, T value) => settings[section] = JsonSerializer.SerializeToNode(value);
}
