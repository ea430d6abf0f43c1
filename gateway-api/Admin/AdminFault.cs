namespace ProxyCluster.GatewayApi.Admin;

/// <summary>One fault of a body. All faults are answered together.</summary>
/// <param name="Path">The field, for example <c>models[0].id</c>; empty: the body itself.</param>
/// <param name="Message">What is wrong with it. Holds nothing of a secret.</param>
internal readonly record struct AdminFault(string Path, string Message);
