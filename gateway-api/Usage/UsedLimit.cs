namespace ProxyCluster.GatewayApi.Usage;

/// <summary>How a subject stands against one of its limits, in requests, tokens or US dollars.</summary>
/// <param name="Subject">Whose limit.</param>
/// <param name="Limit">Which, for example <c>dollars_per_day</c>.</param>
/// <param name="Most">The limit.</param>
/// <param name="Used">What counts as used.</param>
/// <param name="Reserved">What gateways hold, for requests in flight and for the next ones.</param>
/// <param name="Left">What is left; at least 0.</param>
/// <param name="Reset">Until all of it is free again, if nothing more is used.</param>
internal readonly record struct UsedLimit(string Subject, string Limit, decimal Most, decimal Used, decimal Reserved, decimal Left, TimeSpan Reset);
