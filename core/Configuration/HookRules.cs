namespace ProxyCluster.Core.Configuration;

/// <summary>The rules for <c>Hooks</c>.</summary>
public static class HookRules
{
    /// <summary>Everything that is wrong.</summary>
    /// <param name="hooks">As configured.</param>
    /// <param name="context">What types there are, and what they say of their settings.</param>
    public static IEnumerable<ConfigurationFault> Check(IList<HookOptions> hooks, ConfigurationContext context)
    {
        ArgumentNullException.ThrowIfNull(hooks);
        ArgumentNullException.ThrowIfNull(context);
        HashSet<string> names = new(StringComparer.Ordinal);
        for (var i = 0; i < hooks.Count; i++)
        {
            var path = $"Hooks[{i}]";
            foreach (var (setting, value, cure) in Check(hooks[i], names, context))
            {
                var place = $"{path}:{setting}";
                yield return new(place, value, cure) { Origin = context.Origin(place) ?? context.Origin(path) };
            }
        }
    }

    private static IEnumerable<(string Setting, string? Value, string Cure)> Check(HookOptions hook, HashSet<string> names, ConfigurationContext context)
    {
        if (hook.Name is { } name && (string.IsNullOrWhiteSpace(name) || !names.Add(name)))
        {
            yield return ("Name", name, "It must be a name that no other hook has. Leave it out to call the hook by its type.");
        }

        for (var i = 0; i < hook.Models.Count; i++)
        {
            if (hook.Models[i].Length == 0 || hook.Models[i].AsSpan(0, hook.Models[i].Length - 1).Contains('*'))
            {
                yield return ($"Models[{i}]", hook.Models[i], "It must be a model's name, or a pattern with one '*' at its end.");
            }
        }

        if (!context.HookTypes.Contains(hook.Type))
        {
            // One that an extension adds which could not be loaded is told of there.
            if (!context.KnowsAllTypes && hook.Type.Length > 0)
            {
                yield break;
            }

            yield return ("Type", hook.Type, UnknownType(hook.Type, context.HookTypes));
            yield break;
        }

        foreach (var (setting, cure) in context.HookFaults(hook))
        {
            yield return (setting.Length == 0 ? "Settings" : $"Settings:{setting}", null, cure);
        }
    }

    private static string UnknownType(string type, IReadOnlyList<string> known) => NearestName.Of(type, known) is { } nearest
        ? $"There is no hook type '{type}'. Write '{nearest}' if that is meant."
        : $"There is no hook type of this name. There are: {string.Join(", ", known)}.";
}
