using System.IO.Enumeration;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>A model's name in a limit or budget, in which <c>*</c> stands for any characters.</summary>
public static class ModelPattern
{
    /// <summary>Whether it fits a model, whether its provider is named before it or not: else a limit would be passed by naming it.</summary>
    /// <param name="pattern">For example <c>gpt-4o*</c> or <c>openai/*</c>.</param>
    /// <param name="model">As a client writes it.</param>
    public static bool Fits(string pattern, string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return FileSystemName.MatchesSimpleExpression(pattern, model, ignoreCase: false)
            || (model.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash
                && FileSystemName.MatchesSimpleExpression(pattern, model.AsSpan(slash + 1), ignoreCase: false));
    }
}
