using System.Collections.Immutable;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>The configured limits on tokens and money. Replaced whole when the configuration changes.</summary>
internal sealed class BudgetPolicy
{
    private readonly BudgetLimits _keys;
    private readonly BudgetLimits _users;
    private readonly BudgetLimits _teams;
    private readonly ImmutableArray<(string Pattern, Account Account)> _models;
    private readonly bool _shadow;

    public BudgetPolicy(ProxyClusterOptions options)
    {
        var budgets = options.Budgets;
        _keys = Read(budgets.Keys);
        _users = Read(budgets.Users);
        _teams = Read(budgets.Teams);
        _shadow = budgets.Shadow;
        UnknownOutputTokens = budgets.UnknownOutputTokens;
        MostAttempts = options.Routing.MaxAttempts;
        RefusesUnknownPrices = budgets.OnUnknownPrice == "refuse";
        WhenDown = options.RateLimits.OnLimiterDown switch
        {
            "open" => OnLimiterDown.Open,
            "closed" => OnLimiterDown.Closed,
            _ => OnLimiterDown.Share,
        };
        _models = [.. budgets.Models.Select(static model => (model.Name, ModelAccount(model)))];
        Unlimited = new BudgetAccount(this, null, default, false, null);
    }

    public int UnknownOutputTokens { get; }

    /// <summary>How often providers may be asked for one request.</summary>
    public int MostAttempts { get; }

    public bool RefusesUnknownPrices { get; }

    /// <summary>What holds for tokens while the cluster does not answer. Money is refused then.</summary>
    public OnLimiterDown WhenDown { get; }

    /// <summary>Of every account that has neither limits of its own nor those of its kind.</summary>
    public BudgetAccount Unlimited { get; }

    /// <summary>The limits of a subject: its own, else those of its kind.</summary>
    public BudgetLimits For(string subject, LimitSet? own)
    {
        var kind = OfKind(subject);
        return own is null ? kind : new BudgetLimits(
            own.TokensPerMinute ?? kind.TokensPerMinute,
            own.TokensPerHour ?? kind.TokensPerHour,
            own.DollarsPerDay is { } day ? Money.ToNanoDollars(day) : kind.NanoDollarsPerDay,
            own.DollarsPerMonth is { } month ? Money.ToNanoDollars(month) : kind.NanoDollarsPerMonth);
    }

    /// <summary>The account of the first pattern that fits a model; <see langword="null"/>: none does.</summary>
    public Account? AccountOf(string model)
    {
        foreach (var (pattern, account) in _models)
        {
            if (ModelPattern.Fits(pattern, model))
            {
                return account;
            }
        }

        return null;
    }

    /// <summary>Whether going over a subject's limit is only told.</summary>
    public bool IsShadow(LimitSet? own) => own?.Shadow ?? _shadow;

    private BudgetLimits OfKind(string subject) => LimitSubject.LevelOf(subject) switch
    {
        LimitLevel.User => _users,
        LimitLevel.Team => _teams,
        LimitLevel.Model or LimitLevel.Token => default,
        _ => _keys,
    };

    private static Account ModelAccount(ModelBudgetOptions limits) => new(LimitSubject.ModelPrefix + limits.Name)
    {
        Limits = new LimitSet
        {
            TokensPerMinute = limits.TokensPerMinute,
            TokensPerHour = limits.TokensPerHour,
            DollarsPerDay = limits.DollarsPerDay,
            DollarsPerMonth = limits.DollarsPerMonth,
        },
    };

    private static BudgetLimits Read(BudgetLimitOptions limits) => new(
        limits.TokensPerMinute, limits.TokensPerHour, Money.ToNanoDollars(limits.DollarsPerDay), Money.ToNanoDollars(limits.DollarsPerMonth));
}
