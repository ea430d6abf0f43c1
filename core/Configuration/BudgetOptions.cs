using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>How many tokens and how much money may be used, where a key, a user or a team has no limits of its own (SPEC section 7).</summary>
public sealed class BudgetOptions
{
    /// <summary>Of each API key and of each holder of a token.</summary>
    public SubjectBudgetOptions Keys { get; set; } = new();

    /// <summary>Of each user, all keys together.</summary>
    public SubjectBudgetOptions Users { get; set; } = new();

    /// <summary>Of each team, all members together.</summary>
    public SubjectBudgetOptions Teams { get; set; } = new();

    /// <summary>Of models, over all callers; the first whose name fits counts. Default: none.</summary>
    public IList<ModelBudgetOptions> Models { get; } = [];

    /// <summary>Whether going over a limit is only told, not refused. Default false.</summary>
    public bool Shadow { get; set; }

    /// <summary>The longest answer, in tokens, that is reserved for where neither the client nor the model's entry says one. Default 4,096.</summary>
    [Range(1, 10_000_000)]
    public int UnknownOutputTokens { get; set; } = 4096;

    /// <summary>What a caller with a budget is told of a model that may be served without a known price: <c>free</c> (served, and counts nothing) or <c>refuse</c>. Default <c>free</c>.</summary>
    [AllowedValues("free", "refuse")]
    public string OnUnknownPrice { get; set; } = "free";
}
