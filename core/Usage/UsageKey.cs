using Orleans;

namespace ProxyCluster.Core.Usage;

/// <summary>What usage is told apart by.</summary>
/// <param name="Subject">The key or token, for example <c>key:4fGh2kLmN0pQ</c>.</param>
/// <param name="User">The user behind it; empty: none is known.</param>
/// <param name="Team">Its team; empty: none.</param>
/// <param name="Model">The model as the provider knows it.</param>
/// <param name="Provider">Who answered.</param>
/// <param name="Tag">The request's own tag (<c>x-proxy-tag</c>); empty: none.</param>
[GenerateSerializer, Immutable, Alias("pc.usage-key")]
public readonly record struct UsageKey(
    [property: Id(0)] string Subject,
    [property: Id(1)] string User,
    [property: Id(2)] string Team,
    [property: Id(3)] string Model,
    [property: Id(4)] string Provider,
    [property: Id(5)] string Tag)
{
    /// <summary>What stands for a value where there is none.</summary>
    public const string None = "(none)";

    /// <summary>The value of one dimension, or <see cref="None"/>.</summary>
    public string Of(UsageDimension dimension) => ValueOf(dimension) is { Length: > 0 } value ? value : None;

    private string ValueOf(UsageDimension dimension) => dimension switch
    {
        UsageDimension.User => User,
        UsageDimension.Team => Team,
        UsageDimension.Model => Model,
        UsageDimension.Provider => Provider,
        UsageDimension.Tag => Tag,
        _ => Subject,
    };
}

/// <summary>What usage can be summed by.</summary>
public enum UsageDimension
{
    /// <summary>The key or token.</summary>
    Key = 0,

    /// <summary>The user.</summary>
    User = 1,

    /// <summary>The team.</summary>
    Team = 2,

    /// <summary>The model.</summary>
    Model = 3,

    /// <summary>The provider.</summary>
    Provider = 4,

    /// <summary>The request's own tag.</summary>
    Tag = 5,
}
