using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>The limits of the configuration. Replaced whole when that changes.</summary>
internal sealed class LimiterPolicy
{
    private readonly SubjectLimits[] _levels;
    private readonly ModelLimit[] _models;

    private LimiterPolicy(SubjectLimits[] levels, ModelLimit[] models)
    {
        _levels = levels;
        _models = models;
    }

    /// <summary>Reads the configuration.</summary>
    public static LimiterPolicy From(RateLimitOptions options) => new(
        [.. Enum.GetValues<LimitLevel>().Order().Select(level => SubjectLimits.Of(options, level))],
        [.. options.Models.Select(model => new ModelLimit(
            model.Name, new Account(LimitSubject.ModelPrefix + model.Name), SubjectLimits.Of(options, model)))]);

    /// <summary>What is in force for a subject.</summary>
    /// <param name="subject">Its name.</param>
    /// <param name="own">Its own limits; <see langword="null"/>: none.</param>
    public SubjectLimits Of(string subject, LimitSet? own)
    {
        var level = LimitSubject.LevelOf(subject);
        return (level == LimitLevel.Model ? OfModels(subject) : _levels[(int)level]).With(own);
    }

    /// <summary>The account of the first pattern that fits a model; <see langword="null"/>: none does.</summary>
    public Account? AccountOf(string model)
    {
        foreach (var limit in _models)
        {
            if (ModelPattern.Fits(limit.Pattern, model))
            {
                return limit.Account;
            }
        }

        return null;
    }

    private SubjectLimits OfModels(string subject)
    {
        foreach (var limit in _models)
        {
            if (limit.Account.Subject == subject)
            {
                return limit.Limits;
            }
        }

        // The entry is gone: what was leased under it goes back.
        return _levels[(int)LimitLevel.Model];
    }

    private sealed record ModelLimit(string Pattern, Account Account, SubjectLimits Limits);
}
