using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Silo.CommandLine;

/// <summary>The key to make.</summary>
/// <param name="Name">For operators.</param>
/// <param name="Roles">Names of roles.</param>
internal sealed record KeyRequest(string Name, ImmutableArray<string> Roles)
{
    /// <summary>Names of permissions beside those of the roles.</summary>
    public ImmutableArray<string> Permissions { get; init; } = [];

    /// <summary>Patterns of models; empty: all.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>Regions; empty: all.</summary>
    public ImmutableArray<string> Regions { get; init; } = [];

    /// <summary>The user it belongs to.</summary>
    public string? User { get; init; }

    /// <summary>The team it belongs to.</summary>
    public string? Team { get; init; }

    /// <summary>When it stops working; <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Its own limits; <see langword="null"/>: the defaults.</summary>
    public LimitSet? Limits { get; init; }

    /// <summary>What is wrong with it, where no gateway looks at it.</summary>
    /// <param name="roles">The roles there are.</param>
    public string? Unknown(RoleTable roles)
    {
        if (Roles.FirstOrDefault(role => !roles.Knows(role)) is { } unknown)
        {
            return $"There is no role '{unknown}'. There are: {string.Join(", ", roles.Names.Order(StringComparer.Ordinal))}.";
        }

        if (Permissions.FirstOrDefault(name => !Core.Security.Permissions.TryRead(name, out _)) is { } nothing)
        {
            return $"There is no permission '{nothing}'. There are: {string.Join(", ", Core.Security.Permissions.Names.Order(StringComparer.Ordinal))}.";
        }

        return (User is null || SubjectId.IsValid(User)) && (Team is null || SubjectId.IsValid(Team)) ? null : "A user or team has 1 to 128 letters, digits or characters of -_.@|+=~!$&'(),;:";
    }

    /// <summary>The key for the store, without its id and hash.</summary>
    public KeyRecord ToRecord() => new()
    {
        PublicId = "",
        Hash = [],
        Name = Name,
        Roles = Roles,
        Permissions = Permissions,
        Models = Models,
        Regions = Regions,
        User = User,
        Team = Team,
        ExpiresAt = ExpiresAt,
        Limits = Limits,
    };

    /// <summary>The key for the admin API.</summary>
    public JsonObject ToJson()
    {
        var limits = new JsonObject();
        Add(limits, "requestsPerMinute", Limits?.RequestsPerMinute);
        Add(limits, "tokensPerMinute", Limits?.TokensPerMinute);
        Add(limits, "dollarsPerMonth", Limits?.DollarsPerMonth);
        return new()
        {
            ["name"] = Name,
            ["roles"] = Texts(Roles),
            ["permissions"] = Texts(Permissions),
            ["models"] = Texts(Models),
            ["regions"] = Texts(Regions),
            ["user"] = User,
            ["team"] = Team,
            ["expiresAt"] = ExpiresAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["limits"] = limits,
        };
    }

    private static void Add(JsonObject limits, string name, decimal? value)
    {
        if (value is { } number)
        {
            limits[name] = number;
        }
    }

    private static JsonArray Texts(ImmutableArray<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
