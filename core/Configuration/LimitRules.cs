namespace ProxyCluster.Core.Configuration;

/// <summary>The rules for <c>RateLimits</c>.</summary>
internal static class LimitRules
{
    private const int LongestName = 128;

    /// <summary>Everything that is wrong.</summary>
    public static IEnumerable<ConfigurationFault> Check(RateLimitOptions limits, ConfigurationContext context)
    {
        var faults = new List<ConfigurationFault>();
        CheckWindows(faults, "RateLimits", limits.RequestsPerMinute, limits.RequestsPerHour);
        CheckWindows(faults, "RateLimits:Users", limits.Users.RequestsPerMinute, limits.Users.RequestsPerHour);
        CheckWindows(faults, "RateLimits:Teams", limits.Teams.RequestsPerMinute, limits.Teams.RequestsPerHour);
        HashSet<string> names = new(StringComparer.Ordinal);
        for (var i = 0; i < limits.Models.Count; i++)
        {
            var model = limits.Models[i];
            var path = $"RateLimits:Models[{i}]";
            CheckWindows(faults, path, model.RequestsPerMinute, model.RequestsPerHour);
            CheckName(faults, path, model.Name, names);
        }

        return faults.Select(fault => fault with { Origin = context.Origin(fault.Path) });
    }

    /// <summary>Whether an entry for models says which, as no entry before it does.</summary>
    internal static void CheckName(List<ConfigurationFault> faults, string path, string name, HashSet<string> names)
    {
        if (name.Length is 0 or > LongestName || name.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            faults.Add(new($"{path}:Name", name, $"Name the models it is for, in at most {LongestName} characters without blanks, for example \"gpt-4o*\"."));
        }
        else if (!names.Add(name))
        {
            faults.Add(new($"{path}:Name", name, "It is there already, and the first one counts. Remove one of them."));
        }
    }

    private static void CheckWindows(List<ConfigurationFault> faults, string path, int perMinute, int perHour)
    {
        if (perMinute > 0 && perHour > 0 && perHour < perMinute)
        {
            faults.Add(new(
                $"{path}:RequestsPerHour", $"{perHour}", $"It is below RequestsPerMinute ({perMinute}), which would never be reached. Raise it, or write 0 for no limit by the hour."));
        }
    }
}
