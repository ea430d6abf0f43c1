namespace ProxyCluster.Core.Configuration;

/// <summary>The rules for <c>Budgets</c>.</summary>
internal static class BudgetRules
{
    /// <summary>Everything that is wrong.</summary>
    public static IEnumerable<ConfigurationFault> Check(BudgetOptions budgets, ConfigurationContext context)
    {
        var faults = new List<ConfigurationFault>();
        CheckLimits(faults, "Budgets:Keys", budgets.Keys);
        CheckLimits(faults, "Budgets:Users", budgets.Users);
        CheckLimits(faults, "Budgets:Teams", budgets.Teams);
        HashSet<string> names = new(StringComparer.Ordinal);
        for (var i = 0; i < budgets.Models.Count; i++)
        {
            var path = $"Budgets:Models[{i}]";
            CheckLimits(faults, path, budgets.Models[i]);
            LimitRules.CheckName(faults, path, budgets.Models[i].Name, names);
        }

        return faults.Select(fault => fault with { Origin = context.Origin(fault.Path) });
    }

    private static void CheckLimits(List<ConfigurationFault> faults, string path, BudgetLimitOptions limits)
    {
        if (limits is { TokensPerMinute: > 0, TokensPerHour: > 0 } && limits.TokensPerHour < limits.TokensPerMinute)
        {
            faults.Add(new($"{path}:TokensPerHour", $"{limits.TokensPerHour}", $"It is below TokensPerMinute ({limits.TokensPerMinute}), which would never be reached. Raise it, or write 0 for no limit by the hour."));
        }

        if (limits is { DollarsPerDay: > 0, DollarsPerMonth: > 0 } && limits.DollarsPerMonth < limits.DollarsPerDay)
        {
            faults.Add(new($"{path}:DollarsPerMonth", $"{limits.DollarsPerMonth}", $"It is below DollarsPerDay ({limits.DollarsPerDay}), which would never be reached. Raise it, or write 0 for no limit by the month."));
        }
    }
}
