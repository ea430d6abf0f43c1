namespace ProxyCluster.Extensions.Hooks;

/// <summary>What was found in a text.</summary>
/// <param name="Pattern">Which of the patterns, from 0.</param>
/// <param name="Index">Where it begins.</param>
/// <param name="Length">In characters.</param>
public readonly record struct HookMatch(int Pattern, int Index, int Length);
