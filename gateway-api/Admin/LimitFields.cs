using System.Globalization;
using System.Text.Json;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Limits of keys, users and teams as the admin plane writes them. What is absent is the default of its kind; 0: no limit.</summary>
internal static class LimitFields
{
    private const long MostRequests = 1_000_000_000;
    private const long MostTokens = 1_000_000_000_000;
    private const decimal MostDollars = 1_000_000_000m;

    /// <summary>Reads <c>limits</c>; <see langword="null"/>: absent, or a fault was added.</summary>
    public static LimitSet? Read(JsonFields fields)
    {
        if (fields.Object("limits") is not { } limits)
        {
            return null;
        }

        var set = new LimitSet
        {
            RequestsPerMinute = (int?)Whole(limits, "requestsPerMinute", MostRequests),
            RequestsPerHour = (int?)Whole(limits, "requestsPerHour", MostRequests),
            TokensPerMinute = Whole(limits, "tokensPerMinute", MostTokens),
            TokensPerHour = Whole(limits, "tokensPerHour", MostTokens),
            Concurrency = (int?)Whole(limits, "concurrency", MostRequests),
            DollarsPerDay = Money(limits, "dollarsPerDay"),
            DollarsPerMonth = Money(limits, "dollarsPerMonth"),
            Shadow = limits.Get("shadow") is null ? null : limits.Flag("shadow", false),
        };
        limits.RefuseOthers();
        return set == new LimitSet() ? null : set;
    }

    /// <summary>Writes <c>limits</c>: an object with what is set.</summary>
    public static void Write(Utf8JsonWriter json, LimitSet? limits)
    {
        json.WriteStartObject("limits"u8);
        Write(json, "requestsPerMinute", limits?.RequestsPerMinute);
        Write(json, "requestsPerHour", limits?.RequestsPerHour);
        Write(json, "tokensPerMinute", limits?.TokensPerMinute);
        Write(json, "tokensPerHour", limits?.TokensPerHour);
        Write(json, "concurrency", limits?.Concurrency);
        Write(json, "dollarsPerDay", limits?.DollarsPerDay);
        Write(json, "dollarsPerMonth", limits?.DollarsPerMonth);
        if (limits?.Shadow is { } shadow)
        {
            json.WriteBoolean("shadow"u8, shadow);
        }

        json.WriteEndObject();
    }

    private static long? Whole(JsonFields fields, string name, long most)
    {
        if (fields.Get(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 && number <= most)
        {
            return number;
        }

        fields.Fault(name, string.Create(CultureInfo.InvariantCulture, $"It must be a whole number from 0, which is no limit, to {most}."));
        return null;
    }

    private static decimal? Money(JsonFields fields, string name)
    {
        if (fields.Get(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var money) && money is >= 0 and <= MostDollars)
        {
            return money;
        }

        fields.Fault(name, string.Create(CultureInfo.InvariantCulture, $"It must be US dollars from 0, which is no limit, to {MostDollars}."));
        return null;
    }

    private static void Write(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
