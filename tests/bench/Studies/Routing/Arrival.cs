namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>One request of a load.</summary>
/// <param name="Seconds">When it comes, since the start.</param>
/// <param name="PromptTokens">At least 0.</param>
/// <param name="OutputTokens">Of the answer it will get.</param>
internal readonly record struct Arrival(double Seconds, int PromptTokens, int OutputTokens);
