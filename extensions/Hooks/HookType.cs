namespace ProxyCluster.Extensions.Hooks;

/// <summary>A type of hooks.</summary>
/// <param name="Name">As configuration names it.</param>
/// <param name="Create">Makes the hook of one entry.</param>
internal sealed record HookType(string Name, Func<HookSettings, GatewayHook> Create);
